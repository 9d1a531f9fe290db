// One private endpoint with its DNS record.

import { resourceTags } from 'types.bicep'

param location string
param tags resourceTags
param name string
param subnetId string
param targetId string

@description('What of the target: blob, table, vault, namespace.')
param groupId string

@description('The private DNS zone, for instance privatelink.vaultcore.azure.net.')
param zoneName string

@description('Made by private-dns-zone.bicep before.')
param zoneId string

resource endpoint 'Microsoft.Network/privateEndpoints@2024-07-01' = {
  name: name
  location: location
  tags: tags
  properties: {
    subnet: {
      id: subnetId
    }
    privateLinkServiceConnections: [
      {
        name: groupId
        properties: {
          privateLinkServiceId: targetId
          groupIds: [
            groupId
          ]
        }
      }
    ]
  }

  resource zoneGroup 'privateDnsZoneGroups' = {
    name: 'default'
    properties: {
      privateDnsZoneConfigs: [
        {
          name: replace(zoneName, '.', '-')
          properties: {
            privateDnsZoneId: zoneId
          }
        }
      ]
    }
  }
}
