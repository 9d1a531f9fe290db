using CustomerIoDestination.AzureServices.ServiceBus.Sending;
using CustomerIoDestination.Ports;

namespace CustomerIoDestination.AzureServices.ServiceBus.Connecting;

/// <summary>Asks the broker, and tells its trouble from a bug.</summary>
internal static class BrokerAccess
{
    /// <summary>Asks.</summary>
    /// <exception cref="UnavailableException">The broker does not answer, is busy, or refuses.</exception>
    public static async Task<T> AskAsync<T>(Func<Task<T>> ask, CancellationToken cancellationToken)
    {
        try
        {
            return await ask();
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested && SendFailure.Of(exception) is { } failure)
        {
            throw new UnavailableException(Backend.Queue, failure.Code, exception);
        }
    }
}
