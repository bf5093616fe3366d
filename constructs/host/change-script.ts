import type { Change, ChangedFile } from "./change";
import { shellQuote } from "./shell";

/** Where a host keeps the originals, the hashes of what was left there, and the journal of a change under way. */
export const STATE_DIRECTORY = "/var/lib/cdktf-docker-discovery";

/** Names on the host that a test may move elsewhere. */
export interface ScriptOptions {
  /**
   * The folder of what the host keeps.
   * @default "/var/lib/cdktf-docker-discovery"
   */
  readonly stateDirectory?: string;
}

/**
 * What both scripts are made of. Each file has a folder of its own in the change's: `original` (or the mark `none`: there
 * was no file), `path`, `previous` (the same, of the change under way), `left` (the hash of what the last change left), `made`
 * (folders that were made for it), `base` (what an edited file held before the first change). `pending` in the change's
 * folder says that a change is under way.
 */
const FUNCTIONS = String.raw`
say() { printf '%s\n' "$*" >&2; }
die() { say "$title: $*"; exit 1; }

# A file's hash; a link's is that of where it points, since the link itself is what is put back.
hash_of() {
  if [ -L "$1" ]; then printf 'link:%s\n' "$(readlink "$1")" | sha256sum | cut -d' ' -f1
  elif [ -e "$1" ]; then sha256sum <"$1" | cut -d' ' -f1
  else echo none; fi
}

# Whether an original is kept in $1.
kept() { [ -e "$1/original" ] || [ -L "$1/original" ] || [ -e "$1/original.none" ]; }

# Gives a file the label that SELinux's policy has for its path.
relabel() { command -v restorecon >/dev/null 2>&1 && restorecon "$1" >/dev/null 2>&1; return 0; }

# Keeps $1 as $2 (a name in the file's folder), whole or not at all.
keep() {
  rm -rf "$2.new" || return 1
  if [ -e "$1" ] || [ -L "$1" ]; then
    cp -dp -- "$1" "$2.new" || return 1
    rm -f "$2.none" && mv -fT -- "$2.new" "$2"
  else
    : >"$2.none" && rm -f "$2"
  fi
}

# Puts $2 back as $1; one that is the same already stays, since a mounted file cannot be replaced.
put_back() {
  if [ ! -e "$2.none" ] && [ "$(hash_of "$1")" = "$(hash_of "$2")" ]; then return 0; fi
  if [ -e "$2.none" ]; then rm -f -- "$1"
  elif [ -e "$2" ] || [ -L "$2" ]; then
    cp -dp -- "$2" "$1.cdktf-old" && mv -fT -- "$1.cdktf-old" "$1" && relabel "$1"
  fi
}

# Makes the folder of $1, and notes in $2 which ones were not there.
make_folder() {
  folder=$(dirname -- "$1")
  [ -d "$folder" ] && return 0
  missing=
  while [ ! -d "$folder" ]; do missing="$folder
$missing"; folder=$(dirname -- "$folder"); done
  printf '%s' "$missing" >>"$2"
  mkdir -p -m 0755 -- "$(dirname -- "$1")"
}

# Removes the folders that were made, deepest first, as far as they are empty.
remove_folders() {
  [ -e "$1" ] || return 0
  sort -r "$1" | while IFS= read -r folder; do [ -z "$folder" ] || rmdir -- "$folder" 2>/dev/null || :; done
}

# Runs a step; shows what it printed only if it failed.
step() {
  output=$( (set +u; eval "$1") 2>&1 </dev/null) && return 0
  printf '%s\n' "$output" | tail -n 40 >&2
  return 1
}

# Asks until it is so, or the time is over.
wait_for() {
  [ -n "$1" ] || return 0
  until=$(( $(date +%s) + seconds ))
  while ! output=$( (set +u; eval "$1") 2>&1 </dev/null); do
    if [ "$(date +%s)" -ge "$until" ]; then printf '%s\n' "$output" | tail -n 40 >&2; return 1; fi
    sleep 1
  done
}
`;

/**
 * The text for `/bin/sh`, run as root on the host, that makes a change, or leaves everything as it was.
 *
 * It may be interrupted at any place: the next run puts back what a half-done one left, and does all of it again. It uses
 * coreutils and flock of util-linux.
 */
export function renderChangeScript(change: Change, options: ScriptOptions = {}): string {
  const { files } = change;
  return `${head(change, options)}
mkdir -p -m 0700 "$state" || die "cannot keep its state in $state"
exec 9>"$state/lock" && flock -w 600 9 || die "another change of this host is under way"
mkdir -p -m 0700 "$home" || die "cannot keep its state in $home"
${each(files, (n) => `mkdir -p -m 0700 "$home/${n}"`)}

# Commands may ask it: "change", "rollback" once the old files are back, "restore" at destroy.
phase=change
acted=
if [ -e "$home/pending" ]; then
  say "$title: an earlier run was interrupted; putting back what was there before it"
${each(files, (n) => `  put_back "$file_${n}" "$home/${n}/previous" || die "cannot put back $file_${n}"`)}
  acted=again
fi
${change.onlyIf === undefined ? "" : `if [ -z "$acted" ] && ! (set +u; eval "$only_if") >/dev/null 2>&1 </dev/null; then exit 0; fi`}
${change.precondition === undefined ? "" : `step "$precondition" || die "nothing was changed"`}

drop_new() { rm -f -- "$home/none"${files.map((_, i) => ` "$file_${i + 1}.cdktf-new" "$file_${i + 1}.cdktf-old"`).join("")}; }
trap drop_new EXIT
changed=
${files.map((file, i) => beside(file, i + 1, change.overwrite)).join("\n")}
if [ -z "$changed" ] && [ -z "$acted" ]; then
  ${change.unless === undefined ? (files.length > 0 ? ":" : "acted=first") : `if ! (set +u; eval "$unless") >/dev/null 2>&1 </dev/null; then acted=first; fi`}
fi
if [ -n "$changed$acted" ]; then
${each(files, (n) => `  NEW_${n}=$file_${n}.cdktf-new; export NEW_${n}`)}
  if [ -n "$validate" ]; then step "$validate" || die "the new content is not valid; nothing was changed"; fi
${each(files, (n) => `  [ "$part_${n}" != write ] || kept "$home/${n}" || { printf '%s\\n' "$file_${n}" >"$home/${n}/path" && keep "$file_${n}" "$home/${n}/original"; } || die "cannot keep the original of $file_${n}; nothing was changed"`)}
${each(files, (n) => `  [ "$part_${n}" = none ] || keep "$file_${n}" "$home/${n}/previous" || die "cannot keep $file_${n}; nothing was changed"`)}
  : >"$home/pending" && sync "$home" 2>/dev/null || die "cannot write to $home; nothing was changed"
  failed=
${files.map((file, i) => swap(file, i + 1)).join("\n")}
  if [ -z "$failed" ] && [ -n "$act" ]; then step "$act" || failed="it was refused"; fi
  if [ -z "$failed" ]; then wait_for "$check" || failed="it did not take effect within $seconds s"; fi
  if [ -n "$failed" ]; then
    say "$title: $failed; putting back what was there before"
    back=yes
${each(files, (n) => `    put_back "$file_${n}" "$home/${n}/previous" || back=`)}
    phase=rollback
    [ -n "$back" ] || die "and what was there before could not be put back: it lies in $home"
    # The files are back, and whoever mends them by hand now has the last word; only the action may still be due.
${each(files, (n) => `    rm -f "$home/${n}/previous" "$home/${n}/previous.none"; [ -e "$home/${n}/left" ] || { remove_folders "$home/${n}/made"; rm -rf "$home/${n}"; }`)}
    ${files.length === 0 ? "" : `if [ -n "$act" ]; then step "$act" || die "what was there before is back, but is refused as well"; fi`}
    rm -f "$home/pending"
    die "$failed; what was there before is back"
  fi
${files.map(left).join("\n")}
  rm -f "$home/pending"
${each(files, (n) => `  rm -f "$home/${n}/previous" "$home/${n}/previous.none"`)}
${files.map(forget).filter(Boolean).join("\n")}
else
  wait_for "$check" || die "nothing was to be changed, and yet it is not in effect"
fi
`;
}

/** The text for `/bin/sh`, run as root on the host, that puts back what was there before the first change. */
export function renderRestoreScript(change: Change, options: ScriptOptions = {}): string {
  const { files } = change;
  const undo = change.undo ?? (files.length > 0 ? change.act : undefined);
  return `${head({ ...change, act: undo } as Change, options)}
[ -d "$home" ] || { say "$title: nothing of it is here"; exit 0; }
exec 9>"$state/lock" && flock -w 600 9 || die "another change of this host is under way"
phase=restore
restored=
# The host's own record says which files: a destroy-time provisioner comes from the configuration of its day.
for kept in "$home"/*/; do
  [ -e "$kept/path" ] || continue
  file=$(cat "$kept/path")
  if [ -e "$kept/left" ] && [ ! -e "$home/pending" ] && [ "$(hash_of "$file")" != "$(cat "$kept/left")" ] &&
    { [ -e "$file" ] || [ -L "$file" ]; }; then
    mkdir -p -m 0700 "$state/saved" && cp -dp -- "$file" "$state/saved/$(basename -- "$file").$(date +%Y%m%dT%H%M%S)" ||
      die "cannot save what someone changed in $file; it was left as it is"
    say "$title: $file was changed by hand; that state is saved in $state/saved"
  fi
  put_back "$file" "$kept/original" || die "cannot put back $file; its original lies in $kept"
  restored=yes
done
${files.length === 0 ? "restored=yes" : ""}
if [ -n "$restored" ] && [ -n "$act" ]; then step "$act" || die "what was there before is back, but it was refused; its original lies in $home"; fi
for kept in "$home"/*/; do remove_folders "$kept/made"; done
rm -rf -- "$home"
rm -f "$state/lock"
rmdir "$state" 2>/dev/null || :
`;
}

function head(change: Change, { stateDirectory = STATE_DIRECTORY }: ScriptOptions): string {
  const variables: [string, string][] = [
    ["title", change.title],
    ["state", stateDirectory],
    ["home", `${stateDirectory}/${change.key}`],
    ["seconds", String(change.checkSeconds)],
    ["only_if", change.onlyIf ?? ""],
    ["precondition", change.precondition ?? ""],
    ["validate", change.validate ?? ""],
    ["unless", change.unless ?? ""],
    ["act", change.act ?? ""],
    ["check", change.check ?? ""],
    ...change.files.flatMap(({ path, when, content }, i): [string, string][] => [
      [`file_${i + 1}`, path],
      ...(when === undefined ? [] : [[`when_${i + 1}`, when] as [string, string]]),
      ...(isEdit(content) ? [[`edit_${i + 1}`, content.edit] as [string, string]] : []),
    ]),
  ];
  return `set -u
umask 077
# A connection that breaks must not stop it halfway.
trap '' HUP PIPE
LC_ALL=C; export LC_ALL
PATH=$PATH:/usr/sbin:/sbin:/usr/local/sbin; export PATH
${variables.map(([name, value]) => `${name}=${shellQuote(value)}`).join("\n")}
${FUNCTIONS}${change.prelude === undefined ? "" : `set +u\n${change.prelude}\nset -u\n`}`;
}

function isEdit(content: ChangedFile["content"]): content is { readonly edit: string } {
  return typeof content === "object" && "edit" in content;
}

/**
 * The lines that say in `$part_n` what becomes of a file: `write`, `back` (to what it was, since it is no part of the change
 * any more), or `none`; and that write the new one beside the old one.
 */
function beside(file: ChangedFile, n: number, overwrite: boolean): string {
  const path = `"$file_${n}"`;
  const shown =
    typeof file.content === "string" || isEdit(file.content)
      ? `diff -u "$home/${n}/copy" ${path} 2>/dev/null | tail -n +3 | head -n 40 >&2`
      : ":";
  const conflict = overwrite
    ? `say "$title: $file_${n} was changed by hand; it is overwritten, as asked"`
    : `{ [ "$now" = none ] || ${shown}
    die "$file_${n} was changed by hand since the last deploy; take the change over, put back what was there, or say that it is to be overwritten"; }`;
  const part =
    file.when === undefined
      ? `part_${n}=write`
      : `part_${n}=none
if (set +u; eval "$when_${n}") >/dev/null 2>&1 </dev/null; then part_${n}=write; elif kept "$home/${n}"; then part_${n}=back; fi`;
  const attributes = `"$(stat -c '%a %U:%G' ${path} 2>/dev/null)" = ${shellQuote(`${file.mode.replace(/^0+(?=.)/, "")} ${file.owner}`)}`;
  const same =
    file.content === undefined || isEdit(file.content)
      ? `[ "$now" = "$wanted" ]`
      : `[ "$now" = "$wanted" ] && { [ "$part_${n}" = back ] || [ ${attributes} ]; }`;
  return `${part}
if [ "$part_${n}" != none ]; then
now=$(hash_of ${path})
if [ "$part_${n}" = back ]; then wanted=$(hash_of "$home/${n}/original"); else
${write(file, n)}
fi
if [ -z "$acted" ] && [ -e "$home/${n}/left" ] && [ "$now" != "$wanted" ] && [ "$now" != "$(cat "$home/${n}/left")" ]; then
  ${conflict}
fi
${same} || changed=yes
fi`;
}

function write({ content, owner, mode }: ChangedFile, n: number): string {
  if (content === undefined) return "wanted=none";
  const fail = `die "cannot write beside $file_${n}; nothing was changed"`;
  const beginning = `make_folder "$file_${n}" "$home/${n}/made" || die "cannot make the folder of $file_${n}; nothing was changed"`;
  const own = `chown ${shellQuote(owner)} "$file_${n}.cdktf-new" && chmod ${mode} "$file_${n}.cdktf-new"`;
  const end = `sync "$file_${n}.cdktf-new" || ${fail}\nwanted=$(hash_of "$file_${n}.cdktf-new")`;
  if (typeof content === "string") {
    return `${beginning}
base64 -d >"$file_${n}.cdktf-new" <<'CDKTF_FILE' || ${fail}
${lines(content)}
CDKTF_FILE
${own} && ${end}`;
  }
  if (!isEdit(content)) {
    return `${beginning}
printf '%s' "$${content.variable}" | base64 -d >"$file_${n}.cdktf-new" || ${fail}
${own} && ${end}`;
  }
  // Always made from what the file held before the first change; a link is read through, and not what it points to changed.
  return `${beginning}
if ! kept "$home/${n}" || [ ! -e "$home/${n}/base" ]; then
  if [ -e "$file_${n}" ]; then cat -- "$file_${n}" >"$home/${n}/base" || ${fail}; else : >"$home/${n}/base"; fi
fi
(set +u; eval "$edit_${n}") <"$home/${n}/base" >"$file_${n}.cdktf-new" || die "$file_${n} cannot be edited; nothing was changed"
if [ -f "$file_${n}" ] && [ ! -L "$file_${n}" ]; then
  chown --reference="$file_${n}" "$file_${n}.cdktf-new" && chmod --reference="$file_${n}" "$file_${n}.cdktf-new" || ${fail}
else
  ${own} || ${fail}
fi
${end}`;
}

/** The line that notes what the change left; a copy, to show later what someone changed, but never of a secret. */
function left({ content }: ChangedFile, i: number): string {
  const n = i + 1;
  const copy =
    typeof content === "string" || isEdit(content)
      ? `cp -- "$file_${n}" "$home/${n}/copy"`
      : `rm -f "$home/${n}/copy"`;
  return `  [ "$part_${n}" != write ] || { ${copy} && hash_of "$file_${n}" >"$home/${n}/left"; } || say "$title: cannot note in $home what was left"`;
}

/** The line that forgets a file that is no part of the change any more. */
function forget({ when }: ChangedFile, i: number): string {
  const n = i + 1;
  return when === undefined
    ? ""
    : `  [ "$part_${n}" != back ] || { remove_folders "$home/${n}/made"; rm -rf "$home/${n}"; }`;
}

function swap({ content, when }: ChangedFile, n: number): string {
  const move =
    content === undefined
      ? `rm -f -- "$file_${n}"`
      : `mv -fT -- "$file_${n}.cdktf-new" "$file_${n}" && relabel "$file_${n}"`;
  const swapped =
    when === undefined
      ? move
      : `case $part_${n} in write) ${move} ;; back) put_back "$file_${n}" "$home/${n}/original" ;; esac`;
  return `  [ -n "$failed" ] || { ${swapped}; } || failed="cannot replace $file_${n}"`;
}

/** Base64 in lines, as a here-document takes it. */
function lines(content: string): string {
  return (
    Buffer.from(content, "utf8")
      .toString("base64")
      .match(/.{1,76}/g) ?? []
  ).join("\n");
}

function each(files: readonly ChangedFile[], text: (n: number) => string): string {
  return files.map((_, i) => text(i + 1)).join("\n");
}
