#!/usr/bin/env bash
# The gate on a pull request: plans the code before and after, compares, checks, and comments. action.yml calls it, and says what the variables mean.
# It needs git, Go, Terraform, and gh where it comments. Modules from registries and other repositories are fetched by terraform get.
set -euo pipefail
work=$(mktemp -d) repository=$(git rev-parse --show-toplevel)
base=$work/base/$(basename "$repository") # of the same name: what a plan makes up hangs on its folder's
trap 'git -C "$repository" worktree remove --force "$base" 2>/dev/null || true' EXIT

(cd "$ACTION" && go build -o "$work/watertight" ./cmd/watertight)
around=() # what the code is applied to
for each in ${FROM:-}; do
  around+=(--from "$each")
done

plan() { # ROOT FILE: plans the folder below a root
  cd "$1"
  if [[ -d $FOLDER ]]; then
    terraform -chdir="$FOLDER" get >/dev/null
    # shellcheck disable=SC2086 # the arguments are words
    "$work/watertight" plan "$FOLDER" $ARGUMENTS ${around[@]+"${around[@]}"} -o "$2"
  else # the pull request adds it: nothing was there before
    echo '{"format_version":"1.2","resource_changes":[],"watertight":{"version":1,"folder":"","resources":{},"placeholders":{}}}' >"$2"
  fi
}
git -C "$repository" cat-file -e "$BASE^{commit}" 2>/dev/null || git -C "$repository" fetch --depth 1 origin "$BASE"
git -C "$repository" worktree add --detach "$base" "$BASE" >/dev/null
plan "$base" "$work/before.json"
plan "$repository" "$work/after.json"
cd "$repository"

code=0
"$work/watertight" diff "$work/before.json" "$work/after.json" ${around[@]+"${around[@]}"} --format markdown --fail-on "$FAIL_ON" >"$work/comment.md" || code=$?
[[ $code == 0 || $code == 3 ]] || exit "$code"
found=0
"$work/watertight" check --from "$work/after.json" ${around[@]+"${around[@]}"} --format sarif --fail-on "$CHECK_FAIL_ON" >"$work/findings.sarif" || found=$?
[[ $found == 0 || $found == 3 ]] || exit "$found"

cat "$work/comment.md" >>"${GITHUB_STEP_SUMMARY:-/dev/stdout}"
if [[ -n ${GITHUB_OUTPUT:-} ]]; then
  printf 'markdown=%s\nsarif=%s\n' "$work/comment.md" "$work/findings.sarif" >>"$GITHUB_OUTPUT"
fi
if [[ $COMMENT == true && -n $PULL_REQUEST ]]; then
  gh pr comment "$PULL_REQUEST" --body-file "$work/comment.md" --edit-last --create-if-none
fi
exit $((code > found ? code : found))
