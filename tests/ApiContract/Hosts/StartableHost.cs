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
    /// <param name="settings">What is set beside the workspace and where the queue lies.</param>
    public async Task<IRunningHost> StartAsync(IReadOnlyDictionary<string, string> settings)
    {
        Dictionary<string, string> all = new(ContractSettings.Workspace(SandboxAddress), StringComparer.Ordinal);
        foreach ((string name, string value) in settings.Concat(await PlacesAsync()))
        {
            all[name] = value;
        }

        return await StartHostAsync(all);
    }

    /// <summary>Where the queue and the log lie, others for each start.</summary>
    protected abstract Task<IReadOnlyDictionary<string, string>> PlacesAsync();

    /// <summary>Starts a host with exactly these settings, by the names they have in the environment.</summary>
    protected abstract Task<IRunningHost> StartHostAsync(IReadOnlyDictionary<string, string> settings);
}
