// Alerts on the app's telemetry, by the queries of infra/queries.

import { alertOptions, resourceTags } from 'types.bicep'
import * as telemetry from 'telemetry.bicep'

param location string
param tags resourceTags

@description('Appended to each name.')
param suffix string

param workspaceId string
param options alertOptions

@description('Whether a time without any ingested event is an alert: it is where traffic never stops.')
param alertOnSilence bool

param actionGroupId string

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

  @description('How far the query sees where that is further than the window: two days at most.')
  looksBack: string?

  enabled: bool
}

var oldestAge = replace(loadTextContent('../queries/oldest-age.kql'), '{oldestAge}', telemetry.oldestAge)
var heartbeat = replace(
  replace(loadTextContent('../queries/heartbeat.kql'), '{watchRuns}', telemetry.watchRuns),
  '{processAlive}',
  telemetry.processAlive
)
var watchStopped = replace(
  replace(loadTextContent('../queries/watch-stopped.kql'), '{watchRuns}', telemetry.watchRuns),
  '{processAlive}',
  telemetry.processAlive
)
var failedFunctions = replace(
  loadTextContent('../queries/failed-functions.kql'),
  '{functionsFailed}',
  telemetry.functionsFailed
)
var paused = replace(loadTextContent('../queries/paused.kql'), '{paused}', telemetry.paused)
var ingested = replace(loadTextContent('../queries/ingested.kql'), '{ingested}', telemetry.ingested)
var ingestUnavailable = replace(
  loadTextContent('../queries/ingest-unavailable.kql'),
  '{ingestUnavailable}',
  telemetry.ingestUnavailable
)
var rateLimited = replace(loadTextContent('../queries/rate-limited.kql'), '{callDuration}', telemetry.callDuration)
var serverErrors = replace(loadTextContent('../queries/server-errors.kql'), '{callDuration}', telemetry.callDuration)

var logAlerts logAlert[] = [
  {
    name: 'ingest-unavailable'
    description: 'Ingest answered 503, or failed: events were refused, and nobody knows whether Freshpaint sends them again.'
    severity: 1
    query: ingestUnavailable
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
    description: 'No process of the app has told anything for 15 minutes. Quiet until the first one has.'
    severity: 1
    query: heartbeat
    aggregation: 'Count'
    operator: 'GreaterThan'
    threshold: 0
    frequency: 'PT5M'
    window: 'PT15M'
    looksBack: 'P2D'
    enabled: true
  }
  {
    name: 'watch-stopped'
    description: 'The app lives, but WatchQueue has not run for half an hour, or for 20 minutes after a start: restart the app.'
    severity: 1
    query: watchStopped
    aggregation: 'Count'
    operator: 'GreaterThan'
    threshold: 0
    frequency: 'PT5M'
    window: 'PT30M'
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
    query: failedFunctions
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
      overrideQueryTimeRange: alert.?looksBack
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
          actionGroupId
        ]
      }
    }
  }
]
