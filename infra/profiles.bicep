// What an environment has unless its variables say otherwise, and how a variable becomes a value.

import { alertOptions, scaleOptions, serviceBusOptions } from 'modules/types.bicep'

@sealed()
type profile = {
  serviceBus: serviceBusOptions
  scale: scaleOptions
  alwaysReadyHttp: int
  alwaysReadyDelivery: int
  privateNetwork: bool
  zoneRedundant: bool
  deleteLocks: bool
  retentionDays: int
  dailyCapGigabytes: int
  alerts: alertOptions
  alertOnSilence: bool
  monthlyBudget: int
}

var usual profile = {
  serviceBus: {
    sku: 'Standard'
    messagingUnits: 1
    queueSizeMegabytes: 5120
  }
  scale: {
    maximumInstanceCount: 40
    instanceMemoryMB: 2048
    httpPerInstanceConcurrency: 100
  }
  alwaysReadyHttp: 0
  alwaysReadyDelivery: 0
  privateNetwork: false
  zoneRedundant: false
  deleteLocks: true
  retentionDays: 30
  dailyCapGigabytes: -1
  alerts: {
    oldestAgeSeconds: 900
    rateLimited: 50
    serverErrors: 50
    silenceWindow: 'PT1H'
  }
  alertOnSilence: false
  monthlyBudget: 0
}

// One instance takes HTTP without a cold start; silence is an alert; so is the bill.
var production profile = {
  ...usual
  alwaysReadyHttp: 1
  retentionDays: 90
  alertOnSilence: true
  monthlyBudget: 500
}

@export()
@description('By the variable PROFILE; one that is empty says nothing, as if it were not there.')
var profiles = {
  '': production

  // Cheap, and deletable: no locks, nothing always ready, a cap on telemetry.
  dev: {
    ...usual
    deleteLocks: false
    dailyCapGigabytes: 1
  }

  prod: production

  // Production without public access to anything but the app: Premium, a network, private endpoints, three zones.
  private: {
    ...usual
    serviceBus: {
      sku: 'Premium'
      messagingUnits: 1
      queueSizeMegabytes: 81920
    }
    privateNetwork: true
    zoneRedundant: true
    alwaysReadyHttp: 2
    alwaysReadyDelivery: 2
    retentionDays: 90
    alertOnSilence: true
    monthlyBudget: 2000
  }
}

@export()
func text(given string, default string) string => empty(given) ? default : given

@export()
func number(given string, default int) int => empty(given) ? default : int(given)

@export()
func flag(given string, default bool) bool => empty(given) ? default : bool(given)

@export()
@description('Of a text with commas.')
func list(given string) string[] => filter(map(split(given, ','), item => trim(item)), item => !empty(item))

@export()
func textIfGiven(given string) string? => empty(given) ? null : given

@export()
func numberIfGiven(given string) int? => empty(given) ? null : int(given)

@export()
func flagIfGiven(given string) bool? => empty(given) ? null : bool(given)
