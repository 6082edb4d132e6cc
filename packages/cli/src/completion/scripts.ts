/** What each shell needs to complete `sercli`: it asks `sercli complete`; answer-text.ts says what that prints for which shell. */
export const completionScripts = {
  // $2 is what bash replaces. COMP_LINE begins with the command, whatever stands before it on the line.
  bash: `# bash completion of sercli
_sercli() {
  local how= line
  COMPREPLY=()
  {
    IFS= read -r how
    while IFS= read -r line; do COMPREPLY+=("$line"); done
  } < <(command sercli complete bash -- "\${COMP_LINE:0:COMP_POINT}" "$2" 2>/dev/null </dev/null)
  case $how in
    open) compopt -o nospace 2>/dev/null ;;
    files) compopt -o default 2>/dev/null ;;
  esac
}
complete -F _sercli sercli
`,
  zsh: `#compdef sercli
# zsh completion of sercli
_sercli() {
  local -a answer whole open
  local line
  answer=("\${(@f)$(command sercli complete zsh -- "\${(@Q)words[2,CURRENT-1]}" "\${(Q)PREFIX}" 2>/dev/null </dev/null)}")
  if [[ $answer[1] == files ]]; then
    [[ $PREFIX == -* ]] && compset -P 1 '*='
    _files
    return
  fi
  for line in "\${(@)answer[2,-1]}"; do
    case $line in
      open:*) open+=("\${line#*:}") ;;
      whole:*) whole+=("\${line#*:}") ;;
    esac
  done
  _describe -t values sercli whole -- open -S ''
}
if [[ $funcstack[1] == _sercli ]]; then _sercli "$@"; else compdef _sercli sercli; fi
`,
  fish: `# fish completion of sercli
function __sercli_complete
    set -l typed (commandline -ct)
    set -l plain (string replace -r '^[\\'"]' '' -- "$typed" | string unescape)
    test -n "$plain"; or set plain "$typed"
    set -l words (commandline -opc)
    set -l answer (command sercli complete fish -- $words[2..] "$plain" 2>/dev/null </dev/null)
    if test "$answer[1]" = files
        set -l flag (string match -r -- '^--[a-z-]+=' "$plain")
        __fish_complete_path (string replace -- "$flag" '' "$plain") | string replace -r '^' -- "$flag"
    else
        printf '%s\\n' $answer[2..]
    end
end
complete -c sercli -f -a '(__sercli_complete)'
`,
} as const;

export type CompletedShell = keyof typeof completionScripts;
