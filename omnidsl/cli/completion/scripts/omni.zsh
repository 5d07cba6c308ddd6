#compdef omni
# Completion of `omni` in zsh. In ~/.zshrc, behind `compinit`: eval "$(omni completion zsh)"
_omni() {
    local line word
    local -a described
    for line in "${(@f)$(omni completion ask -- "${(@)words[2,CURRENT]/#/.}" 2>/dev/null)}"; do
        case $line in
            '') ;;
            :files) _files ;;
            :recipes) _files -g '*.omni' ;;
            :folders) _files -/ ;;
            *)
                word=${line%%$'\t'*}
                if [[ $line == *$'\t'* ]]; then
                    described+=("${word//:/\\:}:${line#*$'\t'}")
                else
                    described+=("${word//:/\\:}")
                fi ;;
        esac
    done
    (( $#described )) && _describe 'omni' described
}
(( $+functions[compdef] )) && compdef _omni omni
