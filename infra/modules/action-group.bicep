// Who is told of alerts: people by e-mail, and what listens at an address (Teams by a workflow, PagerDuty, Slack).

import { webhookList } from '../checks.bicep'
import { resourceTags } from 'types.bicep'

param tags resourceTags

@description('Appended to the name.')
param suffix string

@description('None of either: alerts are seen in the portal only.')
param emailAddresses string[]

@secure()
param webhooks string

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
    webhookReceivers: [
      for (uri, index) in webhookList(webhooks): {
        name: 'webhook-${index}'
        serviceUri: uri
        useCommonAlertSchema: true
      }
    ]
  }
}

output id string = actionGroup.id
