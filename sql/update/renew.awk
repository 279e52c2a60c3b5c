# The parts of the install script, as a part of an update script: what is there already is renewed, what is not is made.
#
#	functions, procedures, views, triggers	replaced; they keep OID, privileges and whatever depends on them
#	tables, named indexes			made where there is none; what has another shape is moved aside before (from_*_before.sql)
#	rows that come with the extension	added where there are none
#	types of the versions before		left as they are: -v types=" name ..."
#	privileges				given and taken as at an installation where the object is new, by update_privilege();
#						what was there keeps what its administrator has made of it
#	"--update: " before a line		a line for updates only
#
# It goes by the first words of lines: in a part a statement begins in the first column, and nothing else looks like one.

function quoted(text) { gsub(/'/, "''", text); return "'" text "'" }

# GRANT or REVOKE right ON KIND name TO or FROM role;
function privilege(line,    kind, name)
{
	name = line
	sub(/^(GRANT|REVOKE) .* ON /, "", name)
	sub(/ (TO|FROM) [^()]*;$/, "", name)
	kind = "TABLE"
	if (match(name, /^(FUNCTION|PROCEDURE|TYPE|SCHEMA|SEQUENCE|TABLE) /)) {
		kind = substr(name, 1, RLENGTH - 1)
		name = substr(name, RLENGTH + 1)
	}
	sub(/;$/, "", line)
	return "SELECT privrelease.update_privilege('" kind "', " quoted(name) ", " quoted(line) ");"
}

leaving { if (/;$/) leaving = 0; next }

/^--update: / { sub(/^--update: /, ""); print; next }

/^CREATE TYPE / {
	name = $3
	sub(/^privrelease\./, "", name)
	sub(/;$/, "", name)
	if (index(types " ", " " name " ")) {
		if ($0 !~ /;$/)
			leaving = 1
		next
	}
}

/^CREATE (FUNCTION|PROCEDURE|VIEW|TRIGGER) / { sub(/^CREATE /, "CREATE OR REPLACE ") }
/^CREATE TABLE / { sub(/^CREATE TABLE /, "CREATE TABLE IF NOT EXISTS ") }
/^CREATE (UNIQUE )?INDEX [a-z0-9_]+ ON/ && $0 !~ /INDEX ON / { sub(/INDEX /, "INDEX IF NOT EXISTS ") }

/^(GRANT|REVOKE) .*;$/ { print privilege($0); next }
/^(GRANT|REVOKE) / {
	printf "%s:%d: a GRANT or REVOKE of several lines\n", FILENAME, FNR > "/dev/stderr"
	failed = 1
	exit 1
}

/^INSERT INTO / { inserting = 1 }
inserting && /;$/ { sub(/;$/, " ON CONFLICT DO NOTHING;"); inserting = 0 }

{ print }

END { exit failed }
