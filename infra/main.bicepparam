using 'main.bicep'

import { flag, flagIfGiven, list, number, numberIfGiven, profiles, text, textIfGiven } from 'profiles.bicep'

// What azd deploys, and what the snapshots of environments/ show. Every value can be given by a variable; what is not given comes from the profile.
// `any` stands where a text or number must be one of a few: Resource Manager refuses others.

var profile = profiles[readEnvironmentVariable('PROFILE', '')]

param environmentName = readEnvironmentVariable('AZURE_ENV_NAME')
param location = readEnvironmentVariable('AZURE_LOCATION')
param principalId = readEnvironmentVariable('AZURE_PRINCIPAL_ID', '')
param principalType = any(text(readEnvironmentVariable('AZURE_PRINCIPAL_TYPE', ''), 'User'))

param queueName = text(readEnvironmentVariable('QUEUE_NAME', ''), loadJsonContent('queue.json').name)

param serviceBus = {
  sku: any(text(readEnvironmentVariable('SERVICE_BUS_SKU', ''), profile.serviceBus.sku))
  messagingUnits: any(number(readEnvironmentVariable('MESSAGING_UNITS', ''), profile.serviceBus.messagingUnits))
  queueSizeMegabytes: any(number(
    readEnvironmentVariable('QUEUE_SIZE_MEGABYTES', ''),
    profile.serviceBus.queueSizeMegabytes
  ))
}

param scale = {
  maximumInstanceCount: number(
    readEnvironmentVariable('MAXIMUM_INSTANCE_COUNT', ''),
    profile.scale.maximumInstanceCount
  )
  instanceMemoryMB: any(number(readEnvironmentVariable('INSTANCE_MEMORY_MB', ''), profile.scale.instanceMemoryMB))
  httpPerInstanceConcurrency: number(
    readEnvironmentVariable('HTTP_PER_INSTANCE_CONCURRENCY', ''),
    profile.scale.httpPerInstanceConcurrency
  )
}
param alwaysReadyHttp = number(readEnvironmentVariable('ALWAYS_READY_HTTP', ''), profile.alwaysReadyHttp)
param alwaysReadyDelivery = number(readEnvironmentVariable('ALWAYS_READY_DELIVERY', ''), profile.alwaysReadyDelivery)

param deliveryEnabled = flag(readEnvironmentVariable('DELIVERY_ENABLED', ''), true)

param privateNetwork = flag(readEnvironmentVariable('PRIVATE_NETWORK', ''), profile.privateNetwork)
param networkAddressPrefix = text(readEnvironmentVariable('NETWORK_ADDRESS_PREFIX', ''), '10.42.0.0/24')
param allowedCallers = list(readEnvironmentVariable('ALLOWED_CALLERS', ''))
param allowedOperators = list(readEnvironmentVariable('ALLOWED_OPERATORS', ''))
param zoneRedundant = flag(readEnvironmentVariable('ZONE_REDUNDANT', ''), profile.zoneRedundant)
param deleteLocks = flag(readEnvironmentVariable('DELETE_LOCKS', ''), profile.deleteLocks)
param grantNamespaceRead = flag(readEnvironmentVariable('GRANT_NAMESPACE_READ', ''), true)

param retentionDays = number(readEnvironmentVariable('RETENTION_DAYS', ''), profile.retentionDays)
param dailyCapGigabytes = number(readEnvironmentVariable('DAILY_CAP_GIGABYTES', ''), profile.dailyCapGigabytes)

param alertEmailAddresses = list(readEnvironmentVariable('ALERT_EMAIL', ''))
param alertOnSilence = flag(readEnvironmentVariable('ALERT_ON_SILENCE', ''), profile.alertOnSilence)
param alerts = {
  oldestAgeSeconds: number(readEnvironmentVariable('ALERT_OLDEST_AGE_SECONDS', ''), profile.alerts.oldestAgeSeconds)
  rateLimited: number(readEnvironmentVariable('ALERT_RATE_LIMITED', ''), profile.alerts.rateLimited)
  serverErrors: number(readEnvironmentVariable('ALERT_SERVER_ERRORS', ''), profile.alerts.serverErrors)
  silenceWindow: any(text(readEnvironmentVariable('ALERT_SILENCE_WINDOW', ''), profile.alerts.silenceWindow))
}
param monthlyBudget = number(readEnvironmentVariable('MONTHLY_BUDGET', ''), profile.monthlyBudget)
param budgetStartDate = readEnvironmentVariable('BUDGET_START', '')

// A setting's variable is its name in capitals, because GitHub has no others.
param settings = {
  CustomerIo__SiteId: textIfGiven(readEnvironmentVariable('CUSTOMERIO_SITE_ID', ''))
  CustomerIo__Region: any(textIfGiven(readEnvironmentVariable('CUSTOMERIO_REGION', '')))
  CustomerIo__TrackApiUrl: textIfGiven(readEnvironmentVariable('CUSTOMERIO__TRACKAPIURL', ''))
  CustomerIo__AllowHttp: flagIfGiven(readEnvironmentVariable('CUSTOMERIO__ALLOWHTTP', ''))
  Delivery__RequestsPerSecond: numberIfGiven(readEnvironmentVariable('DELIVERY__REQUESTSPERSECOND', ''))
  Delivery__Mode: any(textIfGiven(readEnvironmentVariable('DELIVERY__MODE', '')))
  Delivery__RetryWindow: textIfGiven(readEnvironmentVariable('DELIVERY__RETRYWINDOW', ''))
  Delivery__HoldBudget: textIfGiven(readEnvironmentVariable('DELIVERY__HOLDBUDGET', ''))
  Delivery__BatchItems: numberIfGiven(readEnvironmentVariable('DELIVERY__BATCHITEMS', ''))
  Delivery__BatchAnonymous: flagIfGiven(readEnvironmentVariable('DELIVERY__BATCHANONYMOUS', ''))
  Delivery__LivePartitions: numberIfGiven(readEnvironmentVariable('DELIVERY__LIVEPARTITIONS', ''))
  Delivery__ImportPartitions: numberIfGiven(readEnvironmentVariable('DELIVERY__IMPORTPARTITIONS', ''))
  Mapping__PersonIdentifier: any(textIfGiven(readEnvironmentVariable('MAPPING__PERSONIDENTIFIER', '')))
  Mapping__ConvertDates: flagIfGiven(readEnvironmentVariable('MAPPING__CONVERTDATES', ''))
  Mapping__SendNulls: flagIfGiven(readEnvironmentVariable('MAPPING__SENDNULLS', ''))
  Mapping__AnonymousId: flagIfGiven(readEnvironmentVariable('MAPPING__ANONYMOUSID', ''))
  Mapping__EmailFromProperties: flagIfGiven(readEnvironmentVariable('MAPPING__EMAILFROMPROPERTIES', ''))
  Mapping__PlaceholderIdentifiers: textIfGiven(readEnvironmentVariable('MAPPING__PLACEHOLDERIDENTIFIERS', ''))
  Mapping__EventIdProperty: textIfGiven(readEnvironmentVariable('MAPPING__EVENTIDPROPERTY', ''))
  Mapping__UnidentifiedIdentify: any(textIfGiven(readEnvironmentVariable('MAPPING__UNIDENTIFIEDIDENTIFY', '')))
  Mapping__MayCreatePeople: flagIfGiven(readEnvironmentVariable('MAPPING__MAYCREATEPEOPLE', ''))
  Mapping__EventsMayCreatePeople: flagIfGiven(readEnvironmentVariable('MAPPING__EVENTSMAYCREATEPEOPLE', ''))
  Mapping__WithoutEmail: any(textIfGiven(readEnvironmentVariable('MAPPING__WITHOUTEMAIL', '')))
  Mapping__ObjectTypeId: textIfGiven(readEnvironmentVariable('MAPPING__OBJECTTYPEID', ''))
  Mapping__ClaimAnonymous: flagIfGiven(readEnvironmentVariable('MAPPING__CLAIMANONYMOUS', ''))
  Mapping__RepeatMergeAfter: textIfGiven(readEnvironmentVariable('MAPPING__REPEATMERGEAFTER', ''))
  Mapping__AsOfNow: flagIfGiven(readEnvironmentVariable('MAPPING__ASOFNOW', ''))
  Limits__AttributeName: any(textIfGiven(readEnvironmentVariable('LIMITS__ATTRIBUTENAME', '')))
  Limits__AttributeValue: any(textIfGiven(readEnvironmentVariable('LIMITS__ATTRIBUTEVALUE', '')))
  Limits__AttributeCount: any(textIfGiven(readEnvironmentVariable('LIMITS__ATTRIBUTECOUNT', '')))
  Limits__EventName: any(textIfGiven(readEnvironmentVariable('LIMITS__EVENTNAME', '')))
  Limits__PageName: any(textIfGiven(readEnvironmentVariable('LIMITS__PAGENAME', '')))
  Ingest__WriteKeys__0: textIfGiven(readEnvironmentVariable('INGEST__WRITEKEYS__0', ''))
  Ingest__WriteKeys__1: textIfGiven(readEnvironmentVariable('INGEST__WRITEKEYS__1', ''))
  Ingest__AllowedOrigins: textIfGiven(readEnvironmentVariable('INGEST__ALLOWEDORIGINS', ''))
  Ingest__BrowserRate: numberIfGiven(readEnvironmentVariable('INGEST__BROWSERRATE', ''))
  Ingest__BrowserIdentify: any(textIfGiven(readEnvironmentVariable('INGEST__BROWSERIDENTIFY', '')))
  Ingest__TrustedProxies: textIfGiven(readEnvironmentVariable('INGEST__TRUSTEDPROXIES', ''))
  Ingest__ImportOlderThan: textIfGiven(readEnvironmentVariable('INGEST__IMPORTOLDERTHAN', ''))
  Ingest__MaxBodyBytes: numberIfGiven(readEnvironmentVariable('INGEST__MAXBODYBYTES', ''))
  Privacy__Hipaa: flagIfGiven(readEnvironmentVariable('PRIVACY__HIPAA', ''))
  Rules__Path: textIfGiven(readEnvironmentVariable('RULES__PATH', ''))
  ServiceBus__TransportType: any(textIfGiven(readEnvironmentVariable('SERVICEBUS__TRANSPORTTYPE', '')))
  DeadLetters__Retention: textIfGiven(readEnvironmentVariable('DEADLETTERS__RETENTION', ''))
  Privacy__ForgetWindow: textIfGiven(readEnvironmentVariable('PRIVACY__FORGETWINDOW', ''))
  Telemetry__SuccessSampling: textIfGiven(readEnvironmentVariable('TELEMETRY__SUCCESSSAMPLING', ''))
}
