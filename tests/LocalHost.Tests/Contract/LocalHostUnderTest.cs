using CustomerIoDestination.ApiContract.Hosts;
using CustomerIoDestination.LocalHost.Tests.Support;
using TrackApiSandbox;

namespace CustomerIoDestination.LocalHost.Tests.Contract;

/// <summary>The local host, in this process, with the settings of the list.</summary>
public abstract class LocalHostUnderTest : StartableHost
{
    private SandboxServer? _sandbox;

    public override Uri SandboxAddress => _sandbox!.BaseAddress;

    public override async Task InitializeAsync()
    {
        _sandbox = await SandboxServer.StartAsync(new SandboxOptions { Port = 0 }, TimeProvider.System, CancellationToken.None);
        await base.InitializeAsync();
    }

    public override async Task DisposeAsync()
    {
        await base.DisposeAsync();
        await _sandbox!.DisposeAsync();
    }

    // On the command line a section ends with a colon; the names are the same.
    protected override async Task<IRunningHost> StartHostAsync(IReadOnlyDictionary<string, string> settings) => new Running(
        await Host.StartAsync([.. settings.Select(setting => $"--{setting.Key.Replace("__", ":", StringComparison.Ordinal)}={setting.Value}")]));

    private sealed class Running(Host host) : IRunningHost
    {
        public Uri Address => host.App.BaseAddress;

        public ValueTask DisposeAsync() => host.DisposeAsync();
    }
}
