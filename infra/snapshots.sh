#!/bin/sh
# Writes the snapshots anew. Needs the Bicep CLI on the path; `dotnet test tests/Infra.Tests` checks them.
set -eu
cd "$(dirname "$0")/environments"
none=00000000-0000-0000-0000-000000000000
for parameters in *.bicepparam; do
  bicep snapshot "$parameters" --mode overwrite --subscription-id "$none" --tenant-id "$none" --location westeurope
done
