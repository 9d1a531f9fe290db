using System.Reflection;
using CustomerIoDestination.Model;

namespace CustomerIoDestination.Tests.Model;

public sealed class CodesTests
{
    public static TheoryData<Type> Sets => [.. typeof(Codes).Assembly.GetTypes().Where(type => type.IsEnum && Fields(type).Any(HasCode))];

    [Theory]
    [MemberData(nameof(Sets))]
    public void Each_member_of_a_set_with_codes_has_one_of_its_own_and_the_members_are_numbered_from_zero(Type set)
    {
        Fields(set).ShouldAllBe(field => HasCode(field));
        Fields(set).Select(field => field.GetCustomAttribute<CodeAttribute>()!.Code).ShouldBeUnique();
        Enum.GetValuesAsUnderlyingType(set).Cast<int>().ShouldBe(Enumerable.Range(0, Fields(set).Length));
    }

    [Fact]
    public void A_code_is_read_as_it_is_written_and_in_another_case_only_where_that_is_asked_for()
    {
        DeadLetterReason.RejectedByCustomerIo.ToCode().ShouldBe("rejected_by_customerio");
        Codes.Parse<DeadLetterReason>("rejected_by_customerio").ShouldBe(DeadLetterReason.RejectedByCustomerIo);
        Codes.Parse<AttemptOutcome>("DeadLettered").ShouldBeNull();
        Codes.Parse<AttemptOutcome>("DeadLettered", ignoreCase: true).ShouldBe(AttemptOutcome.DeadLettered);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("merged")]
    public void A_code_that_this_version_does_not_know_is_none(string? code) => Codes.Parse<EventKind>(code).ShouldBeNull();

    [Fact]
    public void The_codes_of_a_set_come_in_the_order_of_its_members() => Codes.Of<Lane>().ShouldBe(["live", "import"]);

    private static FieldInfo[] Fields(Type set) => set.GetFields(BindingFlags.Public | BindingFlags.Static);

    private static bool HasCode(FieldInfo field) => field.IsDefined(typeof(CodeAttribute));
}
