#!/bin/sh
# Writes the snapshots anew: what azd deploys with the variables of each environments/*.env and no others. Needs the Bicep CLI on the path;
# `dotnet test tests/Infra.Tests` checks them.
set -eu
cd "$(dirname "$0")"
none=00000000-0000-0000-0000-000000000000
for variables in environments/*.env; do
  # shellcheck disable=SC2046 # one variable a line, without spaces
  env --ignore-environment PATH="$PATH" HOME="$HOME" $(cat "$variables") \
    bicep snapshot main.bicepparam --mode overwrite --subscription-id "$none" --tenant-id "$none" --location westeurope
  mv main.snapshot.json "${variables%.env}.snapshot.json"
done
