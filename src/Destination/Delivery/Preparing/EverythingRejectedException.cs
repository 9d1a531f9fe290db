namespace CustomerIoDestination.Delivery.Preparing;

/// <summary>An event could not be mapped while everything is rejected: not the event is wrong, most likely, but what is deployed.</summary>
internal sealed class EverythingRejectedException(Exception cause) : Exception("An event could not be mapped, as none before it could.", cause);
