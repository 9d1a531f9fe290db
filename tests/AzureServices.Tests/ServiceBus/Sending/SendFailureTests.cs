using Azure.Identity;
using Azure.Messaging.ServiceBus;
using CustomerIoDestination.AzureServices.ServiceBus.Sending;

namespace CustomerIoDestination.AzureServices.Tests.ServiceBus.Sending;

public sealed class SendFailureTests
{
    [Theory]
    [InlineData(ServiceBusFailureReason.ServiceBusy, "queue_busy", true)]
    [InlineData(ServiceBusFailureReason.ServiceTimeout, "queue_unreachable", true)]
    [InlineData(ServiceBusFailureReason.ServiceCommunicationProblem, "queue_unreachable", true)]
    [InlineData(ServiceBusFailureReason.QuotaExceeded, "queue_full", false)]
    [InlineData(ServiceBusFailureReason.GeneralError, "queue_refused", false)]
    [InlineData(ServiceBusFailureReason.MessagingEntityNotFound, "queue_refused", false)]
    [InlineData(ServiceBusFailureReason.MessagingEntityDisabled, "queue_refused", false)]
    [InlineData(ServiceBusFailureReason.MessagingEntityAlreadyExists, "queue_refused", false)]
    [InlineData(ServiceBusFailureReason.MessageLockLost, "queue_refused", false)]
    [InlineData(ServiceBusFailureReason.MessageNotFound, "queue_refused", false)]
    [InlineData(ServiceBusFailureReason.SessionCannotBeLocked, "queue_refused", false)]
    [InlineData(ServiceBusFailureReason.SessionLockLost, "queue_refused", false)]
    public void Every_reason_of_the_client_means_something(ServiceBusFailureReason reason, string code, bool isTransient)
    {
        SendFailure failure = SendFailure.Of(new ServiceBusException("told", reason)).ShouldNotBeNull();

        failure.Code.ShouldBe(code);
        failure.IsTransient.ShouldBe(isTransient);
        failure.RetryAfter.ShouldBeGreaterThan(TimeSpan.Zero);
    }

    [Fact]
    public void The_table_above_is_whole() => typeof(SendFailureTests).GetMethod(nameof(Every_reason_of_the_client_means_something))!
        .GetCustomAttributesData()
        .Select(data => data.ConstructorArguments is [{ Value: IReadOnlyList<System.Reflection.CustomAttributeTypedArgument> row }] ? (ServiceBusFailureReason)(int)row[0].Value! : default(ServiceBusFailureReason?))
        .OfType<ServiceBusFailureReason>()
        .ShouldBe(Enum.GetValues<ServiceBusFailureReason>().Where(reason => reason != ServiceBusFailureReason.MessageSizeExceeded), ignoreOrder: true);

    [Fact]
    public void A_message_that_is_too_large_is_no_failure_of_the_queue() =>
        SendFailure.Of(new ServiceBusException("told", ServiceBusFailureReason.MessageSizeExceeded)).ShouldBeNull();

    [Fact]
    public void A_general_error_the_client_calls_transient_is_tried_again() =>
        SendFailure.Of(new ServiceBusException(isTransient: true, "told")).ShouldBe(SendFailure.Unreachable);

    [Fact]
    public void An_identity_that_is_let_in_nowhere_is_refused()
    {
        SendFailure.Of(new UnauthorizedAccessException()).ShouldBe(SendFailure.Refused);
        SendFailure.Of(new AuthenticationFailedException("told")).ShouldBe(SendFailure.Refused);
        SendFailure.Of(new CredentialUnavailableException("told")).ShouldBe(SendFailure.Refused);
    }

    [Fact]
    public void A_bug_is_none() => SendFailure.Of(new FormatException()).ShouldBeNull();
}
