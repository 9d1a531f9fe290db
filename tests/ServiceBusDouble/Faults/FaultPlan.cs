using System.Collections.Concurrent;

namespace ServiceBusDouble.Faults;

/// <summary>The faults to come, in order; each is used once.</summary>
internal sealed class FaultPlan
{
    private readonly ConcurrentQueue<SendFault> _sends = new();
    private readonly ConcurrentDictionary<BrokerOperation, ConcurrentQueue<OperationFault>> _operations = new();

    public void Add(SendFault fault, int times)
    {
        for (int i = 0; i < times; i++)
        {
            _sends.Enqueue(fault);
        }
    }

    public void Add(BrokerOperation operation, OperationFault fault, int times)
    {
        for (int i = 0; i < times; i++)
        {
            _operations.GetOrAdd(operation, static _ => new ConcurrentQueue<OperationFault>()).Enqueue(fault);
        }
    }

    public OperationFault? Next(BrokerOperation operation) =>
        _operations.TryGetValue(operation, out ConcurrentQueue<OperationFault>? faults) && faults.TryDequeue(out OperationFault fault) ? fault : null;

    public SendFault? Next() => _sends.TryDequeue(out SendFault? fault) ? fault : null;

    public void Clear()
    {
        _sends.Clear();
        _operations.Clear();
    }
}
