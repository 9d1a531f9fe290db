using '../main.bicep'

// Production without public access to anything but the app: Premium, a network, private endpoints, three zones.

param environmentName = 'private'
param location = readEnvironmentVariable('AZURE_LOCATION', 'westeurope')

param privateNetwork = true
param zoneRedundant = true
param retentionDays = 90

param serviceBus = {
  sku: 'Premium'
  messagingUnits: 1
  queueSizeMegabytes: 81920
}

param alwaysReadyHttp = 2
param alwaysReadyDelivery = 2

param alertEmailAddresses = [
  readEnvironmentVariable('ALERT_EMAIL', 'oncall@example.com')
]
param alertOnSilence = true

param monthlyBudget = 2000
param budgetStartDate = readEnvironmentVariable('BUDGET_START', '2026-12-01')

param settings = {
  CustomerIo__SiteId: readEnvironmentVariable('CUSTOMERIO_SITE_ID', '')
  Mapping__EventIdProperty: 'event_ulid'
}
