#!/bin/sh
# Keeps the budget's first day in the environment: that of the budget that is there, else the first of this month. It must not change afterwards.
set -eu
if [ -n "${BUDGET_START:-}" ]; then exit 0; fi

start=
if [ -n "${AZURE_SUBSCRIPTION_ID:-}" ]; then
  group="/subscriptions/$AZURE_SUBSCRIPTION_ID/resourceGroups/rg-${AZURE_ENV_NAME:?}"
  start=$(az rest --method get --url "$group/providers/Microsoft.Consumption/budgets?api-version=2024-08-01" \
    --query "value[?starts_with(name, 'monthly-')] | [0].properties.timePeriod.startDate" --output tsv 2>/dev/null | cut -c 1-10) || start=
fi
azd env set BUDGET_START "${start:-$(date -u +%Y-%m-01)}"
