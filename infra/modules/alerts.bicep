// Every alert, and who is told. docs/operations.md says what to do about each.

import { alertOptions, resourceTags } from 'types.bicep'

param location string
param tags resourceTags

@description('Appended to each name.')
param suffix string

param serviceBusId string
param queueName string

@description('The queue\'s size.')
param queueSizeMegabytes int

param workspaceId string
param options alertOptions

@description('Of Application Insights, which asks the app from outside.')
param applicationInsightsName string

@description('Whether somebody asks: not where nobody outside could reach the app.')
param askFromOutside bool

@description('What is asked.')
param healthUrl string

@description('Addresses the action group writes to. None: alerts are seen in the portal only.')
param emailAddresses string[]

@description('Addresses the action group posts to, with commas between. They often hold a token, so they are kept out of the deployment history.')
@secure()
param webhooks string

@description('Whether a time without any ingested event is an alert: it is where traffic never stops.')
param alertOnSilence bool

@description('In the currency of the subscription. 0: no budget.')
@minValue(0)
param monthlyBudget int

@description('The first day of the month the budget is made in, as yyyy-MM-01. It must not change afterwards.')
param budgetStartDate string

module actionGroup 'action-group.bicep' = {
  params: {
    tags: tags
    suffix: suffix
    emailAddresses: emailAddresses
    webhooks: webhooks
  }
}

module onMetric 'metric-alerts.bicep' = {
  params: {
    tags: tags
    suffix: suffix
    serviceBusId: serviceBusId
    queueName: queueName
    queueSizeMegabytes: queueSizeMegabytes
    actionGroupId: actionGroup.outputs.id
  }
}

module onAvailability 'availability.bicep' = if (askFromOutside) {
  params: {
    location: location
    tags: tags
    suffix: suffix
    applicationInsightsName: applicationInsightsName
    healthUrl: healthUrl
    actionGroupId: actionGroup.outputs.id
  }
}

module onLog 'log-alerts.bicep' = {
  params: {
    location: location
    tags: tags
    suffix: suffix
    workspaceId: workspaceId
    options: options
    alertOnSilence: alertOnSilence
    actionGroupId: actionGroup.outputs.id
  }
}

resource onHealth 'Microsoft.Insights/activityLogAlerts@2020-10-01' = {
  name: 'resource-health-${suffix}'
  location: 'global'
  tags: tags
  properties: {
    description: 'Azure says that a resource is degraded or unavailable.'
    enabled: true
    scopes: [
      resourceGroup().id
    ]
    condition: {
      allOf: [
        {
          field: 'category'
          equals: 'ResourceHealth'
        }
        {
          anyOf: [
            {
              field: 'properties.currentHealthStatus'
              equals: 'Degraded'
            }
            {
              field: 'properties.currentHealthStatus'
              equals: 'Unavailable'
            }
          ]
        }
      ]
    }
    actions: {
      actionGroups: [
        {
          actionGroupId: actionGroup.outputs.id
        }
      ]
    }
  }
}

resource monthly 'Microsoft.Consumption/budgets@2024-08-01' = if (monthlyBudget > 0) {
  name: 'monthly-${suffix}'
  properties: {
    amount: monthlyBudget
    category: 'Cost'
    timeGrain: 'Monthly'
    timePeriod: {
      startDate: budgetStartDate
    }
    notifications: {
      actual80: {
        enabled: true
        operator: 'GreaterThan'
        threshold: 80
        thresholdType: 'Actual'
        contactEmails: emailAddresses
        contactGroups: [
          actionGroup.outputs.id
        ]
      }
      forecast100: {
        enabled: true
        operator: 'GreaterThan'
        threshold: 100
        thresholdType: 'Forecasted'
        contactEmails: emailAddresses
        contactGroups: [
          actionGroup.outputs.id
        ]
      }
    }
  }
}
