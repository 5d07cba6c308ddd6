# Completion of `omni` in fish. In ~/.config/fish/config.fish: omni completion fish | source
function __omni_complete
    set -l words (commandline -opc)
    set -l current (commandline -ct)
    set -l asked (string replace -r '^' . -- $words[2..] "$current")
    for line in (omni completion ask -- $asked 2>/dev/null)
        switch $line
            case :files
                __fish_complete_path "$current"
            case :recipes
                __fish_complete_suffix "$current" .omni
            case :folders
                __fish_complete_directories "$current"
            case '*'
                echo $line
        end
    end
end
complete -c omni -f -a '(__omni_complete)'
