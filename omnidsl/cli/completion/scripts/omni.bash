# Completion of `omni` in bash. In ~/.bashrc: eval "$(omni completion bash)"
_omni() {
    local line current
    local -a words=("${COMP_WORDS[@]:1:COMP_CWORD}")
    current=${COMP_WORDS[COMP_CWORD]}
    COMPREPLY=()
    local IFS=$'\n'
    for line in $(omni completion ask -- "${words[@]/#/.}" 2>/dev/null); do
        case $line in
            :files) COMPREPLY+=($(compgen -f -- "$current")); compopt -o filenames 2>/dev/null ;;
            :recipes)
                COMPREPLY+=($(compgen -d -- "$current"; compgen -f -X '!*.omni' -- "$current"))
                compopt -o filenames 2>/dev/null ;;
            :folders) COMPREPLY+=($(compgen -d -- "$current")); compopt -o filenames 2>/dev/null ;;
            *) COMPREPLY+=("${line%%$'\t'*}") ;;
        esac
    done
    if [[ ${#COMPREPLY[@]} -eq 1 && ${COMPREPLY[0]} == *= ]]; then compopt -o nospace 2>/dev/null; fi
}
complete -F _omni omni
