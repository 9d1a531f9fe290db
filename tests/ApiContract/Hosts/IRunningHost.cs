namespace CustomerIoDestination.ApiContract.Hosts;

/// <summary>One started host; it ends with this.</summary>
public interface IRunningHost : IAsyncDisposable
{
    /// <summary>Where the API and the page are.</summary>
    Uri Address { get; }
}
