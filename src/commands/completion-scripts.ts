/*
 * Each script passes the words before the cursor, without `slipway` itself, to `slipway __complete` and shows the lines that it
 * prints: `VALUE<tab>DESCRIPTION`, or `:files` or `:directories` where the shell knows better.
 */

/** bash splits words at "=" (COMP_WORDBREAKS), so they are joined again, and what stands before it is left out of the candidates. */
const BASH = `_slipway() {
  local words=() word glue='' cut='' value says
  local i
  for ((i = 1; i <= COMP_CWORD; i++)); do
    word=\${COMP_WORDS[i]}
    if [[ $word == '=' && \${#words[@]} -gt 0 && \${words[\${#words[@]} - 1]} == --* ]]; then
      words[\${#words[@]} - 1]+='='
      glue=1
    elif [[ -n $glue ]]; then
      words[\${#words[@]} - 1]+=$word
      glue=''
    else
      words+=("$word")
    fi
  done
  local current=\${words[\${#words[@]} - 1]}
  [[ $current == --*=* ]] && cut=\${current%%=*}=
  COMPREPLY=()
  while IFS=$'\\t' read -r value says; do
    case $value in
      :files)
        compopt -o filenames 2>/dev/null
        while IFS= read -r value; do COMPREPLY+=("$value"); done < <(compgen -f -- "\${current#"$cut"}")
        ;;
      :directories)
        compopt -o filenames 2>/dev/null
        while IFS= read -r value; do COMPREPLY+=("$value"); done < <(compgen -d -- "\${current#"$cut"}")
        ;;
      *) COMPREPLY+=("\${value#"$cut"}") ;;
    esac
  done < <(slipway __complete "\${words[@]}" 2>/dev/null)
}
complete -F _slipway slipway
`;

const ZSH = `#compdef slipway
_slipway() {
  local line value
  local -a described asked
  asked=("\${(@Q)words[2,CURRENT]}")
  for line in "\${(@f)$(slipway __complete "\${asked[@]}" 2>/dev/null)}"; do
    value=\${line%%$'\\t'*}
    case $value in
      '') ;;
      :files) _files ;;
      :directories) _files -/ ;;
      *) described+=("\${value//:/\\\\:}:\${line#*$'\\t'}") ;;
    esac
  done
  (( \${#described} )) && _describe slipway described
}
if [[ \${funcstack[1]} == _slipway ]]; then _slipway "$@"; else compdef _slipway slipway; fi
`;

const FISH = `function __slipway_complete
    set -l current (commandline -ct)
    test -z "$current"; and set current ''
    set -l before (commandline -opc)
    for line in (slipway __complete $before[2..-1] $current 2>/dev/null)
        switch $line
            case :files
                __fish_complete_path $current
            case :directories
                __fish_complete_directories $current ''
            case '*'
                echo $line
        end
    end
end
complete -c slipway -f -a '(__slipway_complete)'
`;

export const SCRIPTS: ReadonlyMap<string, string> = new Map([
  ["bash", BASH],
  ["zsh", ZSH],
  ["fish", FISH],
]);
