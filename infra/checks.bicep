// What Azure would refuse late, or take though it means something else: refused by the template, with the name of the variable, before anything is changed.
// A what-if without azd refuses it too.

import { serviceBusOptions } from 'modules/types.bicep'

func characters(value string) string[] => map(range(0, length(value)), index => substring(value, index, 1))

func onlyOf(allowed string, value string) bool =>
  !empty(value) && empty(filter(characters(value), character => !contains(allowed, character)))

func isNumber(value string) bool => onlyOf('0123456789', value) && length(value) <= 9

@export()
@description('The name of an environment; the resource group\'s follows from it.')
func environment(name string) string =>
  endsWith(name, '.')
    ? fail('AZURE_ENV_NAME: "${name}" ends with a dot, which no resource group may.')
    : onlyOf('abcdefghijklmnopqrstuvwxyz0123456789-_.()', toLower(name))
        ? name
        : fail('AZURE_ENV_NAME: "${name}" has other characters than letters, digits, "-", "_", "." and parentheses.')

@export()
@description('Standard has no larger queues than 5,120 MB.')
func serviceBus(options serviceBusOptions) serviceBusOptions =>
  options.sku == 'Standard' && options.queueSizeMegabytes > 5120
    ? fail('QUEUE_SIZE_MEGABYTES: ${options.queueSizeMegabytes} needs SERVICE_BUS_SKU Premium; Standard has 5120 at most.')
    : options

@export()
@description('In three zones one always-ready instance is none: Azure asks for two.')
func alwaysReady(variable string, count int, zoneRedundant bool) int =>
  zoneRedundant && count == 1 ? fail('${variable}: 1 is too few with ZONE_REDUNDANT; give 2 or more, or 0.') : count

func isIpV4(parts string[]) bool =>
  length(parts) == 4 && empty(filter(parts, part => !isNumber(part) || int(part) > 255))

func isIpV6(address string) bool => contains(address, ':') && onlyOf('0123456789abcdef:.', toLower(address))

func isPrefix(parts string[], most int) bool =>
  length(parts) == 1 || (length(parts) == 2 && isNumber(parts[1]) && int(parts[1]) <= most)

func isRange(value string) bool =>
  contains(value, ':')
    ? isIpV6(split(value, '/')[0]) && isPrefix(split(value, '/'), 128)
    : isIpV4(split(split(value, '/')[0], '.')) && isPrefix(split(value, '/'), 32)

// An IPv6 address without a prefix is one address: /128. parseCidr refuses what is left, and takes off what lies beyond the prefix.
func normalised(value string) string => '${parseCidr(value).network}/${parseCidr(value).cidr}'

@export()
@description('Addresses and ranges of both families, as ranges.')
func callers(given string[]) string[] =>
  map(
    given,
    value =>
      isRange(value)
        ? normalised(contains(value, '/') ? value : '${value}/${contains(value, ':') ? 128 : 32}')
        : fail('ALLOWED_CALLERS: "${value}" is no address and no CIDR range.')
  )

@export()
@description('Addresses and ranges of IPv4, as given: the vault takes no others.')
func operators(given string[]) string[] =>
  map(
    given,
    value =>
      contains(value, ':')
        ? fail('ALLOWED_OPERATORS: "${value}" is IPv6, which Key Vault does not take.')
        : isRange(value) ? value : fail('ALLOWED_OPERATORS: "${value}" is no address and no CIDR range.')
  )

func isShare(whole string, rest string) bool =>
  (whole == '0' && (empty(rest) || isNumber(rest))) || (whole == '1' && (empty(rest) || onlyOf('0', rest)))

@export()
@description('A share from 0 to 1, with a dot.')
func share(value string) string =>
  length(split(value, '.')) <= 2 && !endsWith(value, '.') && isShare(
      split(value, '.')[0],
      join(skip(split(value, '.'), 1), '')
    )
    ? value
    : fail('TELEMETRY__SUCCESSSAMPLING: "${value}" is no share from 0 to 1, like 0.1.')

@export()
@description('The first day of a month; of this one where none is given.')
func budgetStart(given string, thisMonth string) string =>
  empty(given)
    ? thisMonth
    : length(given) == 10 && endsWith(given, '-01') && onlyOf('0123456789-', given)
        ? given
        : fail('BUDGET_START: "${given}" is no first day of a month, like 2027-01-01.')

@export()
@description('Addresses that alerts are posted to, of a text with commas. What is refused is not shown: it may hold a token.')
func webhookList(given string) string[] =>
  map(
    filter(map(split(given, ','), item => trim(item)), item => !empty(item)),
    value =>
      startsWith(toLower(value), 'https://') && length(split(value, '/')[2]) > 0
        ? value
        : fail('ALERT_WEBHOOK: an address does not begin with https:// and the name of a host.')
  )
