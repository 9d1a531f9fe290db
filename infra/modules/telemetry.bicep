// The names the queries look for. They are the names the app's meter uses.

@export()
@description('Gauge, seconds: age of the oldest waiting event. Written by WatchQueue each minute, so it is its heartbeat too.')
var oldestAge = 'destination.queue.oldest_age'

@export()
@description('Gauge: 1 while the destination is paused, else 0. Dimension: reason.')
var paused = 'destination.paused'

@export()
@description('Counter: items ingest answered. Dimension: result (accepted, skipped, rejected).')
var ingested = 'destination.events.ingested'

@export()
@description('Counter: deliveries that ended. Dimensions: kind, outcome, reason.')
var settled = 'destination.events.settled'

@export()
@description('Histogram, milliseconds: one call to Customer.io. Dimension: http_status.')
var attemptDuration = 'destination.attempt.duration'
