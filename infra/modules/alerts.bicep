// Every alert, and who is told. docs/operations.md says what to do about each.

import { alertOptions, resourceTags } from 'types.bicep'
import * as telemetry from 'telemetry.bicep'

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

@description('Addresses the action group writes to. None: alerts are seen in the portal only.')
param emailAddresses string[]

@description('Whether a time without any ingested event is an alert: it is where traffic never stops.')
param alertOnSilence bool

@description('In the currency of the subscription. 0: no budget.')
@minValue(0)
param monthlyBudget int

@description('The first day of the month the budget is made in, as yyyy-MM-01. It must not change afterwards.')
param budgetStartDate string

type metricAlert = {
  name: string
  description: string
  severity: 0 | 1 | 2 | 3 | 4
  metric: string
  aggregation: 'Average' | 'Maximum' | 'Total'
  threshold: int
  frequency: string
  window: string
}

type logAlert = {
  name: string
  description: string
  severity: 0 | 1 | 2 | 3 | 4
  query: string

  @description('The column to aggregate. None: rows are counted.')
  measure: string?

  aggregation: 'Count' | 'Maximum' | 'Total'
  operator: 'GreaterThan' | 'LessThan'
  threshold: int
  frequency: string
  window: string
  enabled: bool
}

resource actionGroup 'Microsoft.Insights/actionGroups@2023-01-01' = {
  name: 'ag-${suffix}'
  location: 'global'
  tags: tags
  properties: {
    enabled: true
    groupShortName: 'destination'
    emailReceivers: [
      for (address, index) in emailAddresses: {
        name: 'email-${index}'
        emailAddress: address
        useCommonAlertSchema: true
      }
    ]
  }
}

var metricAlerts metricAlert[] = [
  {
    name: 'dead-letters'
    description: 'Events wait in the dead letters. Open until they are replayed or discarded.'
    severity: 2
    metric: 'DeadletteredMessages'
    aggregation: 'Maximum'
    threshold: 0
    frequency: 'PT5M'
    window: 'PT15M'
  }
  {
    name: 'queue-size'
    description: 'The queue is more than 70 % full. A full queue refuses events.'
    severity: 1
    metric: 'Size'
    aggregation: 'Maximum'
    threshold: queueSizeMegabytes * 1048576 / 10 * 7
    frequency: 'PT5M'
    window: 'PT15M'
  }
  {
    name: 'broker-server-errors'
    description: 'Service Bus fails requests.'
    severity: 2
    metric: 'ServerErrors'
    aggregation: 'Total'
    threshold: 10
    frequency: 'PT5M'
    window: 'PT15M'
  }
  {
    name: 'broker-throttled'
    description: 'Service Bus throttles the namespace: more than it is bought for.'
    severity: 2
    metric: 'ThrottledRequests'
    aggregation: 'Total'
    threshold: 10
    frequency: 'PT5M'
    window: 'PT15M'
  }
]

resource onMetric 'Microsoft.Insights/metricAlerts@2018-03-01' = [
  for alert in metricAlerts: {
    name: '${alert.name}-${suffix}'
    location: 'global'
    tags: tags
    properties: {
      description: alert.description
      enabled: true
      severity: alert.severity
      scopes: [
        serviceBusId
      ]
      evaluationFrequency: alert.frequency
      windowSize: alert.window
      // The metrics are levels or counts of now: an alert ends when its cause has ended, and not before.
      autoMitigate: true
      criteria: {
        'odata.type': 'Microsoft.Azure.Monitor.SingleResourceMultipleMetricCriteria'
        allOf: [
          {
            name: alert.name
            criterionType: 'StaticThresholdCriterion'
            metricNamespace: 'Microsoft.ServiceBus/namespaces'
            metricName: alert.metric
            operator: 'GreaterThan'
            threshold: alert.threshold
            timeAggregation: alert.aggregation
            dimensions: [
              {
                name: 'EntityName'
                operator: 'Include'
                values: [
                  queueName
                ]
              }
            ]
          }
        ]
      }
      actions: [
        {
          actionGroupId: actionGroup.id
        }
      ]
    }
  }
]

var oldestAge = replace(loadTextContent('../queries/oldest-age.kql'), '{oldestAge}', telemetry.oldestAge)
var heartbeat = replace(loadTextContent('../queries/heartbeat.kql'), '{oldestAge}', telemetry.oldestAge)
var paused = replace(loadTextContent('../queries/paused.kql'), '{paused}', telemetry.paused)
var ingested = replace(loadTextContent('../queries/ingested.kql'), '{ingested}', telemetry.ingested)
var rateLimited = replace(
  loadTextContent('../queries/rate-limited.kql'),
  '{attemptDuration}',
  telemetry.attemptDuration
)
var serverErrors = replace(
  loadTextContent('../queries/server-errors.kql'),
  '{attemptDuration}',
  telemetry.attemptDuration
)

var logAlerts logAlert[] = [
  {
    name: 'ingest-unavailable'
    description: 'Ingest answered 503: events were refused, and nobody knows whether Freshpaint sends them again.'
    severity: 1
    query: loadTextContent('../queries/ingest-unavailable.kql')
    aggregation: 'Count'
    operator: 'GreaterThan'
    threshold: 0
    frequency: 'PT5M'
    window: 'PT5M'
    enabled: true
  }
  {
    name: 'paused'
    description: 'The destination is paused: a wrong key, region or URL, or everything is rejected.'
    severity: 1
    query: paused
    aggregation: 'Count'
    operator: 'GreaterThan'
    threshold: 0
    frequency: 'PT5M'
    window: 'PT5M'
    enabled: true
  }
  {
    name: 'heartbeat'
    description: 'WatchQueue has not run for 15 minutes: nothing is watched, and the app may be down.'
    severity: 1
    query: heartbeat
    aggregation: 'Count'
    operator: 'LessThan'
    threshold: 1
    frequency: 'PT5M'
    window: 'PT15M'
    enabled: true
  }
  {
    name: 'oldest-age'
    description: 'Events wait longer than they should.'
    severity: 2
    query: oldestAge
    measure: 'Value'
    aggregation: 'Maximum'
    operator: 'GreaterThan'
    threshold: options.oldestAgeSeconds
    frequency: 'PT5M'
    window: 'PT10M'
    enabled: true
  }
  {
    name: 'failed-functions'
    description: 'A function failed that should never fail.'
    severity: 2
    query: loadTextContent('../queries/failed-functions.kql')
    aggregation: 'Count'
    operator: 'GreaterThan'
    threshold: 0
    frequency: 'PT5M'
    window: 'PT15M'
    enabled: true
  }
  {
    name: 'silence'
    description: 'No event came in: the senders, the keys or the way in.'
    severity: 2
    query: ingested
    aggregation: 'Count'
    operator: 'LessThan'
    threshold: 1
    frequency: 'PT15M'
    window: options.silenceWindow
    enabled: alertOnSilence
  }
  {
    name: 'rate-limited'
    description: 'Customer.io answers 429: the rate is set too high, or somebody else uses the workspace.'
    severity: 3
    query: rateLimited
    measure: 'Value'
    aggregation: 'Total'
    operator: 'GreaterThan'
    threshold: options.rateLimited
    frequency: 'PT15M'
    window: 'PT15M'
    enabled: true
  }
  {
    name: 'server-errors'
    description: 'Customer.io answers 5xx. Events wait and are sent when it is back.'
    severity: 3
    query: serverErrors
    measure: 'Value'
    aggregation: 'Total'
    operator: 'GreaterThan'
    threshold: options.serverErrors
    frequency: 'PT15M'
    window: 'PT15M'
    enabled: true
  }
]

resource onLog 'Microsoft.Insights/scheduledQueryRules@2023-12-01' = [
  for alert in logAlerts: {
    name: '${alert.name}-${suffix}'
    location: location
    tags: tags
    kind: 'LogAlert'
    properties: {
      displayName: alert.name
      description: alert.description
      enabled: alert.enabled
      severity: alert.severity
      scopes: [
        workspaceId
      ]
      evaluationFrequency: alert.frequency
      windowSize: alert.window
      autoMitigate: true
      // The tables come into being with the first telemetry, which is after this.
      skipQueryValidation: true
      criteria: {
        allOf: [
          {
            query: alert.query
            timeAggregation: alert.aggregation
            metricMeasureColumn: alert.?measure
            operator: alert.operator
            threshold: alert.threshold
            failingPeriods: {
              numberOfEvaluationPeriods: 1
              minFailingPeriodsToAlert: 1
            }
          }
        ]
      }
      actions: {
        actionGroups: [
          actionGroup.id
        ]
      }
    }
  }
]

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
          actionGroupId: actionGroup.id
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
          actionGroup.id
        ]
      }
      forecast100: {
        enabled: true
        operator: 'GreaterThan'
        threshold: 100
        thresholdType: 'Forecasted'
        contactEmails: emailAddresses
        contactGroups: [
          actionGroup.id
        ]
      }
    }
  }
}
