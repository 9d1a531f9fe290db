// One page to look at: what came in, what went out, how long it took, what did not arrive.

import { resourceTags } from 'types.bicep'
import * as telemetry from 'telemetry.bicep'

param location string
param tags resourceTags
param workspaceId string

var names = {
  '{callDuration}': telemetry.callDuration
  '{ingested}': telemetry.ingested
  '{latency}': telemetry.latency
  '{oldestAge}': telemetry.oldestAge
  '{settled}': telemetry.settled
}

var charts = [
  { title: 'Events in and out', query: loadTextContent('../queries/workbook-throughput.kql') }
  { title: 'Age of the oldest waiting event', query: loadTextContent('../queries/workbook-oldest-age.kql') }
  {
    title: 'From receipt to delivery, by lane: percentiles of each minute\'s mean, and the longest'
    query: loadTextContent('../queries/workbook-delivery-latency.kql')
  }
  { title: 'Calls to Customer.io: duration', query: loadTextContent('../queries/workbook-latency.kql') }
  { title: 'What became of events', query: loadTextContent('../queries/workbook-outcomes.kql') }
  { title: 'Dead letters by reason', query: loadTextContent('../queries/workbook-dead-letters.kql') }
]

resource workbook 'Microsoft.Insights/workbooks@2023-06-01' = {
  name: guid(resourceGroup().id, 'destination')
  location: location
  tags: tags
  kind: 'shared'
  properties: {
    displayName: 'Freshpaint to Customer.io'
    category: 'workbook'
    sourceId: workspaceId
    serializedData: string({
      version: 'Notebook/1.0'
      isLocked: false
      fallbackResourceIds: [
        workspaceId
      ]
      items: concat(
        [
          {
            type: 9
            name: 'parameters'
            content: {
              version: 'KqlParameterItem/1.0'
              parameters: [
                {
                  id: guid('range')
                  version: 'KqlParameterItem/1.0'
                  name: 'range'
                  label: 'Time range'
                  type: 4
                  isRequired: true
                  value: {
                    durationMs: 86400000
                  }
                }
              ]
            }
          }
        ],
        map(charts, (chart, index) => {
          type: 3
          name: 'chart-${index}'
          content: {
            version: 'KqlItem/1.0'
            title: chart.title
            query: reduce(items(names), chart.query, (query, name) => replace(string(query), name.key, name.value))
            size: 0
            queryType: 0
            resourceType: 'microsoft.operationalinsights/workspaces'
            timeContextFromParameter: 'range'
          }
        })
      )
    })
  }
}
