using Amqp;
using Amqp.Sasl;
using Amqp.Types;

namespace ServiceBusDouble.Wire;

/// <summary>Lets everyone in. <c>MSSBCBS</c> is what the Service Bus client asks for: the real proof, a token, comes later over <c>$cbs</c>.</summary>
internal sealed class AnySaslProfile() : SaslProfile(Name)
{
    public const string Name = "MSSBCBS";

    protected override ITransport UpgradeTransport(ITransport transport) => transport;

    protected override DescribedList GetStartCommand(string hostname) => new SaslInit { Mechanism = Name };

    protected override DescribedList OnCommand(DescribedList command) => new SaslOutcome { Code = SaslCode.Ok };
}
