// Alerts on what Service Bus itself measures. They see even when the app's telemetry does not arrive.

import { resourceTags } from 'types.bicep'

param tags resourceTags

@description('Appended to each name.')
param suffix string

param serviceBusId string
param queueName string

@description('The queue\'s size.')
param queueSizeMegabytes int

param actionGroupId string

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
          actionGroupId: actionGroupId
        }
      ]
    }
  }
]
