// The network, the zones and the endpoints together.

import { resourceTags } from 'types.bicep'

param location string
param tags resourceTags
param suffix string
param addressPrefix string
param hostStorageId string
param stateStorageId string
param vaultId string

param serviceBusId string

@description('Whether Service Bus has a private endpoint, which needs Premium.')
param serviceBusPrivate bool

// What environment() holds for the vault differs from the name of its private zone, and for Service Bus it holds nothing.
var zoneNames = concat(
  [
    'privatelink.blob.${environment().suffixes.storage}'
    'privatelink.table.${environment().suffixes.storage}'
    'privatelink.vaultcore.azure.net'
  ],
  serviceBusPrivate ? ['privatelink.servicebus.windows.net'] : []
)

// zone: the place in zoneNames.
var endpoints = concat(
  [
    { name: 'host-blob', targetId: hostStorageId, groupId: 'blob', zone: 0 }
    { name: 'state-blob', targetId: stateStorageId, groupId: 'blob', zone: 0 }
    { name: 'state-table', targetId: stateStorageId, groupId: 'table', zone: 1 }
    { name: 'vault', targetId: vaultId, groupId: 'vault', zone: 2 }
  ],
  serviceBusPrivate ? [{ name: 'bus', targetId: serviceBusId, groupId: 'namespace', zone: 3 }] : []
)

module network 'network.bicep' = {
  params: {
    location: location
    tags: tags
    name: 'vnet-${suffix}'
    addressPrefix: addressPrefix
  }
}

module zones 'private-dns-zone.bicep' = [
  for zone in zoneNames: {
    params: {
      tags: tags
      name: zone
      networkId: network.outputs.id
    }
  }
]

module endpoint 'private-endpoint.bicep' = [
  for endpoint in endpoints: {
    params: {
      location: location
      tags: tags
      name: 'pe-${endpoint.name}-${suffix}'
      subnetId: network.outputs.endpointSubnetId
      targetId: endpoint.targetId
      groupId: endpoint.groupId
      zoneName: zoneNames[endpoint.zone]
      zoneId: zones[endpoint.zone].outputs.id
    }
  }
]

output appSubnetId string = network.outputs.appSubnetId
