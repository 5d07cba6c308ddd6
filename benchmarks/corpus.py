"""Recipes as people write them, as many as one wants and no two alike: about 0.7 KB each, nothing wrong with them."""

from collections.abc import Iterator
from pathlib import Path
from random import Random

SUBJECTS = (
    ("fox", "红色的狐狸"), ("cat", "可爱的猫"), ("lighthouse", "海边的灯塔"), ("violin", "旧小提琴"), ("teapot", "青花茶壶"),
    ("dragon", "纸做的龙"), ("garden", "雨后的花园"), ("train", "蒸汽火车"), ("whale", "星空下的鲸"), ("market", "夜晚的市场"),
)  # fmt: skip  # pairs read best in rows
STYLES = ("Cyberpunk", "Manga", "水墨画风格", "Ink Wash Painting Style", "illustration", "赛博朋克")
VIEWS = ("Wide view", "Aerial view", "鸟瞰视角", "Front view", "Medium Shot(MS)")
LIGHTS = ("冷光", "Warm light", "Natural light", "薄雾", "Dramatic light")
DETAILS = (
    "detailed fur",
    "soft shadows",
    "fine brush strokes",
    "long exposure",
    "wet stones",
    "golden dust",
)
SHAPES = ("1:1", "16:9", "4:3", "3:2", "9:16")
MOODS = ("calm", "bright", "solemn", "playful", "quiet")


def recipes(count: int, seed: int = 7) -> Iterator[str]:
    """Yield different recipes, the same ones for the same seed."""
    random = Random(seed)  # noqa: S311  # nothing here is secret
    for number in range(count):
        kind = random.choice((_pictures, _captioned, _chosen, _prompts))
        yield kind(random, number)


def write(folder: Path, count: int, seed: int = 7) -> int:
    """Write recipes into a folder, a hundred in each folder below it, and return their bytes in sum."""
    size = 0
    for number, text in enumerate(recipes(count, seed)):
        file = folder / f"{number // 100:03}" / f"recipe-{number:05}.omni"
        file.parent.mkdir(parents=True, exist_ok=True)
        size += file.write_bytes(text.encode("utf-8"))
    return size


def _settings(random: Random) -> str:
    shape, stylize = random.choice(SHAPES), random.randrange(0, 1001, 5)
    more = random.choice(
        ("", " --no text, watermark", " --chaos 20", " --q 2", f" --seed {random.randrange(10**6)}")
    )
    return f"--v 6.1 --ar {shape} --s {stylize}{more}"


def _prompt(random: Random, name: str, parameters: str, words: str) -> str:
    styles = ", ".join(random.sample(STYLES[:4], 2))
    return (
        f"prompt {name}{parameters} {{\n    style: {styles}\n    view:  {random.choice(VIEWS)}\n"
        f"    light: {random.choice(LIGHTS)}\n    text:  {words}, {', '.join(random.sample(DETAILS, 2))}\n"
        f"    {_settings(random)}\n}}\n"
    )


def _pictures(random: Random, number: int) -> str:
    """A picture in several looks and shapes."""
    english, chinese = random.choice(SUBJECTS)
    looks = ", ".join(f'"{one}"' for one in random.sample(STYLES, 2))
    shapes = ", ".join(random.sample(SHAPES, 2))
    return (
        f"# number {number}: banners with a {english}, one in every look\n"
        f'let subject = "{chinese}"\nlet looks   = [{looks}]\n\n'
        f"{_prompt(random, english, '(who: text = subject)', '${who}')}\n"
        f"prompt banner(look: text, shape: ratio): {english} {{\n    style: ${{look}}\n"
        f"    ${{who}} in a {random.choice(('red', 'green', 'blue'))} scarf on #ff8800 ground --ar ${{shape}}\n}}\n\n"
        f"pipeline main -> grid {{\n"
        f'    first = {english} -> midjourney.imagine(mode: "{random.choice(("fast", "turbo", "relax"))}")\n'
        f"    for look in looks, shape in [{shapes}] {{\n"
        f"        wide = banner(look, shape) -> midjourney.imagine\n"
        f'        save wide as "{english}/{number}-${{look}}-${{shape}}.png"\n    }}\n'
        f"    return first\n}}\n"
    )


def _captioned(random: Random, number: int) -> str:
    """A picture and words about it."""
    english, chinese = random.choice(SUBJECTS)
    mood, warmth = random.choice(MOODS), random.randrange(1, 10)
    return (
        f"# number {number}: a {english} and its caption\n"
        f"{_prompt(random, english, '', chinese)}\n"
        f"chat caption(picture: image, mood: text) {{\n"
        f"    system: You write captions of one ${{mood}} sentence.\n"
        f"    user:   Write the caption of this picture of a {english}. ${{picture}}\n}}\n\n"
        f'pipeline main(mood: text = "{mood}") -> image {{\n'
        f"    grid  = {english} -> midjourney.imagine\n"
        f"    best  = grid -> upscale({random.randint(1, 4)})  # by eye\n"
        f"    words = caption(best, mood) -> openai.chat(temperature: 0.{warmth}) with timeout: {random.randint(1, 5)}m, retries: 2\n"
        f'    save words as "{english}-{number}.txt"\n    save best as "{english}-{number}.png"\n'
        f"    return best\n}}\n"
    )


def _chosen(random: Random, number: int) -> str:
    """A grid of which a model chooses."""
    english, chinese = random.choice(SUBJECTS)
    return (
        f"# number {number}: the best {english} of four\n"
        f'let subject = "{chinese}, {random.choice(DETAILS)}"\n\n'
        f"{_prompt(random, english, '(who: text)', '${who}')}\n"
        f"chat critic(picture: grid) {{\n    system: You are an art director.\n"
        f"    user:   Which of the four pictures is {random.choice(MOODS)}? ${{picture}}\n}}\n\n"
        f"pipeline main -> image {{\n"
        f"    grid = {english}(subject) -> midjourney.imagine\n"
        f"    best: int(1..4) = critic(grid) -> openai.chat\n"
        f"    hero = grid -> upscale(best)\n    told = hero -> describe\n"
        f'    save told as "{english}.{number}.txt"\n    save hero as "{english}.{number}.png"\n'
        f"    return hero\n}}\n"
    )


def _prompts(random: Random, number: int) -> str:
    """Prompts alone, one of them pasted."""
    english, chinese = random.choice(SUBJECTS)
    pasted = f"{random.choice(STYLES)},{random.choice(VIEWS)},{chinese} {_settings(random)}"
    return (
        f"# number {number}: sketches of a {english}\n"
        f"{_prompt(random, english, '', chinese)}\n"
        f"{_prompt(random, english + '_again', '', f'a {{red, green}} {english}')}\n"
        f'prompt pasted = "{pasted}"\n\n'
        f"prompt tall: {english} {{\n    text: a tall {english}, number {number}\n    --ar 2:3\n}}\n"
    )
