# Errors have an SQLSTATE, and say it in PostgreSQL's style.

. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

# ereport( … ); as one statement per line: FILE:LINE: text.
reports()
{
    files_like '^src/.*\.c$' | xargs -r awk '
        function count(s, c,    n) { n = gsub(c, "", s); return n }
        FNR == 1 { depth = 0 }
        depth == 0 && match($0, /(^|[^a-z_])ereport(_domain)?\(/) { text = ""; where = FILENAME ":" FNR ": "; depth = 0; start = 1; $0 = substr($0, RSTART) }
        start || depth > 0 {
            start = 0
            line = $0
            text = text " " line
            gsub(/\\./, "", line); gsub(/"[^"]*"/, "", line)
            depth += count(line, "\\(") - count(line, "\\)")
            if (depth <= 0) { gsub(/[ \t]+/, " ", text); print where text; depth = 0 }
        }'
}

# Notices and warnings have codes of their own: 00000 and 01000.
reports | grep -vE 'errcode(_for_[a-z_]+)?\(|ereport\((NOTICE|WARNING|INFO|LOG|DEBUG[1-5]),' |
    clean "src: every ereport of an error has an errcode"

# Primary messages begin in lower case (names and acronyms apart) and end without a full stop.
reports | grep -E 'errmsg(_plural)?\("([A-Z][a-z]+ |[^"]*\.")' | clean "src: messages begin in lower case and have no full stop"

reports | grep -E 'errhint\("[^"]*[^.;"!?)]"\)' | grep -vE 'errhint\("[^"]*"[^)]*"' | clean "src: hints are sentences or commands"

# shellcheck disable=SC2046
search '(^|[^a-z_])(fprintf|printf|abort|exit)[[:space:]]*\(' $(files_like '^src/.*\.c$') |
    clean "src: no printing, no exit"

finish
