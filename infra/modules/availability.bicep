// Asks /api/health from outside, from five places: the one look at the app that neither its process nor its telemetry takes part in.

import { resourceTags } from 'types.bicep'

param location string
param tags resourceTags

@description('Appended to each name.')
param suffix string

param applicationInsightsName string
param healthUrl string
param actionGroupId string

// Their names in the service: West Europe, North Europe, East US, West US, Southeast Asia.
var places = ['emea-nl-ams-azr', 'emea-gb-db3-azr', 'us-va-ash-azr', 'us-ca-sjc-azr', 'apac-sg-sin-azr']

resource component 'Microsoft.Insights/components@2020-02-02' existing = {
  name: applicationInsightsName
}

resource health 'Microsoft.Insights/webtests@2022-06-15' = {
  name: 'health-${suffix}'
  location: location
  // The portal finds the test under the component by this tag, and without it Azure refuses the test.
  tags: union(tags, { 'hidden-link:${component.id}': 'Resource' })
  kind: 'standard'
  properties: {
    SyntheticMonitorId: 'health-${suffix}'
    Name: 'health'
    Description: 'GET /api/health from outside: 200 while events are taken.'
    Enabled: true
    Kind: 'standard'
    Frequency: 300
    Timeout: 30
    RetryEnabled: true
    Locations: [for place in places: { Id: place }]
    Request: {
      RequestUrl: healthUrl
      HttpVerb: 'GET'
      ParseDependentRequests: false
    }
    ValidationRules: {
      ExpectedHttpStatusCode: 200
      SSLCheck: true
      SSLCertRemainingLifetimeCheck: 7
    }
  }
}

resource onAvailability 'Microsoft.Insights/metricAlerts@2018-03-01' = {
  name: 'availability-${suffix}'
  location: 'global'
  tags: tags
  properties: {
    description: 'The app does not answer from outside at two places or more, or says that it takes no events.'
    enabled: true
    severity: 1
    scopes: [
      health.id
      component.id
    ]
    evaluationFrequency: 'PT1M'
    windowSize: 'PT5M'
    autoMitigate: true
    criteria: {
      'odata.type': 'Microsoft.Azure.Monitor.WebtestLocationAvailabilityCriteria'
      webTestId: health.id
      componentId: component.id
      failedLocationCount: 2
    }
    actions: [
      {
        actionGroupId: actionGroupId
      }
    ]
  }
}
