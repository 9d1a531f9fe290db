namespace CustomerIoDestination.ApiContract.Hosts;

/// <summary>
/// A host of the API and the sandbox of Customer.io it delivers to. Nobody else uses either while the list runs, but they may hold what came before.
/// What hosts can't have alike is a property here, and held against the answers.
/// </summary>
public abstract class HostUnderTest : IAsyncLifetime
{
    /// <summary>Where the API and the page are.</summary>
    public abstract Uri Address { get; }

    /// <summary>Where the sandbox is.</summary>
    public abstract Uri SandboxAddress { get; }

    /// <summary>What opens the host's routes.</summary>
    public virtual HostCredentials Credentials => ContractSettings.Credentials;

    /// <summary>
    /// Whether a replay or discard says how many dead letters it looked at: on Service Bus, where they have no access by id and a pass reaches the oldest
    /// 5,000.
    /// </summary>
    public abstract bool PassesSayHowFarTheyGot { get; }

    /// <inheritdoc/>
    public abstract Task InitializeAsync();

    /// <inheritdoc/>
    public abstract Task DisposeAsync();
}
