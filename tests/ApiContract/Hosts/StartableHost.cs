namespace CustomerIoDestination.ApiContract.Hosts;

/// <summary>A host that the tests start themselves, with the settings of the list.</summary>
public abstract class StartableHost : HostUnderTest
{
    private IRunningHost? _running;

    /// <inheritdoc/>
    public override Uri Address => _running!.Address;

    /// <inheritdoc/>
    public override async Task InitializeAsync() => _running = await StartAsync(ContractSettings.Keys);

    /// <inheritdoc/>
    public override async Task DisposeAsync()
    {
        if (_running is not null)
        {
            await _running.DisposeAsync();
        }
    }

    /// <summary>Starts one more, over a queue of its own and the same sandbox.</summary>
    /// <param name="settings">What is set beside the workspace and where the queue lies; it wins over the workspace's.</param>
    public abstract Task<IRunningHost> StartAsync(IReadOnlyDictionary<string, string> settings);
}
