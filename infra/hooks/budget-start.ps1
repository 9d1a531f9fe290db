# Keeps the budget's first day in the environment: that of the budget that is there, else the first of this month. It must not change afterwards.
$ErrorActionPreference = 'Stop'
if ($env:BUDGET_START) { exit 0 }

$start = $null
if ($env:AZURE_SUBSCRIPTION_ID) {
  $group = "/subscriptions/$env:AZURE_SUBSCRIPTION_ID/resourceGroups/rg-$env:AZURE_ENV_NAME"
  $start = az rest --method get --url "$group/providers/Microsoft.Consumption/budgets?api-version=2024-08-01" `
    --query "value[?starts_with(name, 'monthly-')] | [0].properties.timePeriod.startDate" --output tsv 2>$null
}
if ($start) { $start = $start.Substring(0, 10) } else { $start = [DateTime]::UtcNow.ToString('yyyy-MM-01') }
azd env set BUDGET_START $start
