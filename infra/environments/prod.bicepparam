using '../main.bicep'

// One instance takes HTTP without a cold start; alerts go out; silence is one of them.

param environmentName = 'prod'
param location = readEnvironmentVariable('AZURE_LOCATION', 'westeurope')

param retentionDays = 90

param alwaysReadyHttp = 1

param alertEmailAddresses = [
  readEnvironmentVariable('ALERT_EMAIL', 'oncall@example.com')
]
param alertOnSilence = true

param monthlyBudget = 500
param budgetStartDate = readEnvironmentVariable('BUDGET_START', '2026-12-01')

param settings = {
  CustomerIo__SiteId: readEnvironmentVariable('CUSTOMERIO_SITE_ID', '')
}
