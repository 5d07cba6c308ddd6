"""Udio's songs, at either of the places where gateways put them (wire reference, section 3)."""

from omnidsl.plugins.songs import Clip
from omnidsl.plugins.songs.envelope import Row, address, dicts, seconds, text


def clips(row: Row) -> list[Clip]:
    """Return the versions of a song, in the gateway's order."""
    return [_clip(one) for one in _songs(row)]


def finished(row: Row) -> bool:
    """Tell whether every song of a task says that it is finished."""
    songs = _songs(row)
    return bool(songs) and all(one.get("finished") is True for one in songs)


def _songs(row: Row) -> list[Row]:
    """Return the songs below `data`, or in the task itself."""
    found: list[Row] = []
    for one in dicts(row.get("data")):
        # Some put the songs into an object, some into a list of such objects, some the songs themselves.
        found += dicts(one.get("songs")) if "songs" in one else [one]
    return found or list(dicts(row.get("songs")))


def _clip(row: Row) -> Clip:
    """Read one song; what went wrong stands in one of three fields."""
    whole = row.get("finished") is not False
    return Clip(
        id=text(row, "id").strip(),
        title=text(row, "title"),
        lyrics=text(row, "lyrics"),
        seconds=seconds(row.get("duration")),
        audio=address(row, "song_path") if whole else "",
        picture=address(row, "image_path"),
        video=address(row, "video_path"),
        fault=text(row, "error_detail", "error_type", "error_code"),
    )
