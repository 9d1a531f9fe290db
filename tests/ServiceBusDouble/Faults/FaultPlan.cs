using System.Collections.Concurrent;

namespace ServiceBusDouble.Faults;

/// <summary>The faults to come, in order; each is used once.</summary>
internal sealed class FaultPlan
{
    private readonly ConcurrentQueue<SendFault> _sends = new();

    public void Add(SendFault fault, int times)
    {
        for (int i = 0; i < times; i++)
        {
            _sends.Enqueue(fault);
        }
    }

    public SendFault? Next() => _sends.TryDequeue(out SendFault? fault) ? fault : null;

    public void Clear() => _sends.Clear();
}
