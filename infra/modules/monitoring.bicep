// Where telemetry goes: one workspace, one Application Insights over it, both without keys.

import { resourceTags } from 'types.bicep'
import { roles } from 'roles.bicep'

param location string
param tags resourceTags
param workspaceName string
param applicationInsightsName string

@description('How long telemetry is kept. The first 31 days are in the price of ingestion.')
@minValue(30)
@maxValue(730)
param retentionDays int

@description('Ingestion stops for the day at this many GB, failures included. -1: never.')
@minValue(-1)
param dailyCapGigabytes int

@description('The principal that sends telemetry.')
param senderPrincipalId string

@description('Its identity, whose name every assignment\'s holds: an assignment\'s principal can\'t be changed, and the principal\'s id is not known beforehand.')
param senderIdentityName string

resource workspace 'Microsoft.OperationalInsights/workspaces@2025-02-01' = {
  name: workspaceName
  location: location
  tags: tags
  properties: {
    sku: {
      name: 'PerGB2018'
    }
    retentionInDays: retentionDays
    features: {
      disableLocalAuth: true
      enableLogAccessUsingOnlyResourcePermissions: true
    }
    workspaceCapping: {
      dailyQuotaGb: dailyCapGigabytes
    }
  }
}

resource applicationInsights 'Microsoft.Insights/components@2020-02-02' = {
  name: applicationInsightsName
  location: location
  tags: tags
  kind: 'web'
  properties: {
    Application_Type: 'web'
    DisableLocalAuth: true
    IngestionMode: 'LogAnalytics'
    WorkspaceResourceId: workspace.id
  }
}

resource sendTelemetry 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(applicationInsights.id, senderIdentityName, roles.metricsPublisher)
  scope: applicationInsights
  properties: {
    description: 'The app sends its telemetry; the component takes no keys.'
    principalId: senderPrincipalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', roles.metricsPublisher)
  }
}

output workspaceId string = workspace.id
output applicationInsightsConnectionString string = applicationInsights.properties.ConnectionString
