namespace CustomerIoDestination.Chaos.Plan;

/// <summary>One life of the host, from its start to its kill.</summary>
/// <param name="BatchMode">Whether it delivers in batches.</param>
/// <param name="Troubles">What goes wrong in it; of several, the first that strikes a call decides.</param>
/// <param name="KillAfter">The kill comes when so many events were accepted in the whole run; null for the last life, which ends in peace.</param>
/// <param name="KillDelay">How long after that.</param>
internal sealed record Life(bool BatchMode, IReadOnlyList<Trouble> Troubles, int? KillAfter, TimeSpan KillDelay)
{
    /// <summary>Whether the host holds an event no longer than it must be able to (<c>Delivery__HoldBudget</c>).</summary>
    public bool ReleasesSoon => KillAfter is null;
}
