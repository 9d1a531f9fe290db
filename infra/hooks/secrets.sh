#!/bin/sh
# Makes the secrets that are missing, and takes Customer.io's key from CUSTOMERIO_API_KEY when it is set.
# What is in the vault already stays. Nothing is printed but names, and no value is on a command line.
set -eu
vault=${AZURE_KEY_VAULT_NAME:?run azd provision first}
changed=

if [ "${SECRETS_BY_HAND:-false}" = true ]; then
  echo "SECRETS_BY_HAND: the secrets of $vault are left as they are." >&2
  exit 0
fi

# A role just granted takes minutes to be known to the vault. A closed network does not open by waiting.
attempts=0
until problem=$(az keyvault secret list --vault-name "$vault" --query '[].name' --output tsv 2>&1 >/dev/null); do
  case $problem in
    *"ublic network access is disabled"* | *ForbiddenByConnection* | *ForbiddenByFirewall* | *"lient address is not authorized"*)
      echo "$vault is private and this machine is outside: azd env set ALLOWED_OPERATORS <its public address>, provision again, and empty it afterwards;" >&2
      echo "or run infra/hooks/secrets.sh inside the network, and azd env set SECRETS_BY_HAND true here." >&2
      exit 1
      ;;
  esac
  attempts=$((attempts + 1))
  if [ "$attempts" -ge 30 ]; then
    echo "The secrets of $vault can't be listed: $problem" >&2
    exit 1
  fi
  sleep 10
done
existing=$(az keyvault secret list --vault-name "$vault" --query '[].name' --output tsv)

put() {
  az keyvault secret set --vault-name "$vault" --name "$1" --file /dev/stdin --encoding utf-8 --output none
  echo "$1: set"
}

for name in ingest-key-0 ingest-key-1 ingest-signing-secret ingest-lifecycle-key admin-key-0 admin-key-1 rules-hash-secret; do
  if ! printf '%s\n' "$existing" | grep -qx "$name"; then
    openssl rand -hex 32 | tr -d '\n' | put "$name"
    changed=yes
  fi
done

if [ -n "${CUSTOMERIO_API_KEY:-}" ]; then
  printf '%s' "$CUSTOMERIO_API_KEY" | put customerio-api-key
  changed=yes
elif ! printf '%s\n' "$existing" | grep -qx customerio-api-key; then
  echo "customerio-api-key is missing: the destination stays paused until it is set." >&2
fi

# References to the vault are read when the app starts.
if [ -n "$changed" ]; then
  az functionapp restart --resource-group "$AZURE_RESOURCE_GROUP" --name "$AZURE_FUNCTION_APP_NAME" --output none
fi
