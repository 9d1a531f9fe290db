#!/bin/sh
# Writes the snapshots anew: what is deployed with the variables of each environments/*.env, and of container-apps/sample.env, and no others. Needs the
# Bicep CLI on the path; `dotnet test tests/Infra.Tests` checks them.
set -eu
cd "$(dirname "$0")"
none=00000000-0000-0000-0000-000000000000

# Bicep writes the outputs in another order each time: here by their names.
sorted() {
  awk '
    /^  "outputs": [{]$/ { print; inside = 1; next }
    inside && /^  [}]/ { for (i = 1; i <= count; i++) print output[i] (i < count ? "," : ""); inside = 0 }
    inside { sub(/,$/, ""); for (i = count++; i > 0 && output[i] > $0; i--) output[i + 1] = output[i]; output[i + 1] = $0; next }
    { print }
  ' "$1"
}

# Parameters, variables, what comes out.
write() {
  # shellcheck disable=SC2046 # one variable a line, without spaces
  env --ignore-environment PATH="$PATH" HOME="$HOME" $(cat "$2") \
    bicep snapshot "$1" --mode overwrite --subscription-id "$none" --tenant-id "$none" --location westeurope
  made="${1%.bicepparam}.snapshot.json"
  sorted "$made" > "$made.sorted"
  rm "$made"
  mv "$made.sorted" "$3"
}

for variables in environments/*.env; do
  write main.bicepparam "$variables" "${variables%.env}.snapshot.json"
done
write container-apps/main.bicepparam container-apps/sample.env container-apps/main.snapshot.json
