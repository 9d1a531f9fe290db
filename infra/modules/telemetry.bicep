// The names the queries look for. They are the names the app's meter uses.

@export()
@description('Gauge: 1 each minute from every process, by no timer of the platform\'s.')
var processAlive = 'destination.process.alive'

@export()
@description('Counter: functions that did not do what they are for, thrown or not. Dimensions: function, step.')
var functionsFailed = 'destination.functions.failed'

@export()
@description('Counter: runs of WatchQueue, one each minute, whatever its steps come to: its heartbeat.')
var watchRuns = 'destination.watch.runs'

@export()
@description('Gauge, seconds: age of the oldest waiting event. Written by WatchQueue each minute in which the queue can be reached.')
var oldestAge = 'destination.queue.oldest_age'

@export()
@description('Gauge: 1 while the destination is paused, else 0. Dimension: reason.')
var paused = 'destination.paused'

@export()
@description('Counter: items ingest answered. Dimension: result (accepted, skipped, rejected).')
var ingested = 'destination.events.ingested'

@export()
@description('Counter: requests ingest answered 503, because the queue took nothing. Dimension: code.')
var ingestUnavailable = 'destination.ingest.unavailable'

@export()
@description('Counter: deliveries that ended. Dimensions: kind, lane, outcome, reason.')
var settled = 'destination.deliveries'

@export()
@description('Histogram, seconds: one call to Customer.io. Dimension: code, for instance http_429.')
var callDuration = 'destination.calls'

@export()
@description('Histogram, seconds: from the receipt of an event to its delivery. Dimension: lane. Azure keeps sum, count and extremes of a minute, no buckets.')
var latency = 'destination.delivery.latency'
