// The functions that a proxy auto-config script may call (developer.mozilla.org, "Proxy Auto-Configuration file").
// dnsResolve, myIpAddress and alert are given by the program.
(function (global) {
  "use strict";
  const text = (value) => String(value);
  const days = ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"];
  const months = ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"];

  // The fields of now, in universal time when the last argument is "GMT", and the arguments without it.
  const clock = (given) => {
    const list = Array.from(given);
    const gmt = list.length > 0 && list[list.length - 1] === "GMT";
    if (gmt) list.pop();
    const now = new Date();
    const field = (name) => (gmt ? now["getUTC" + name]() : now["get" + name]());
    return { list, field };
  };
  // Ranges may go around midnight, the week's end or New Year.
  const between = (from, now, to) => (from <= to ? from <= now && now <= to : now >= from || now <= to);
  const number = (v4) => {
    const parts = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/.exec(text(v4));
    if (!parts || parts.slice(1).some((part) => part > 255)) return null;
    return parts.slice(1).reduce((sum, part) => sum * 256 + Number(part), 0);
  };
  const and = (one, other) => (one & other) >>> 0;

  const functions = {
    isPlainHostName: (host) => !/[.:]/.test(text(host)),
    dnsDomainIs: (host, domain) => text(host).endsWith(text(domain)),
    localHostOrDomainIs: (host, full) =>
      text(host) === text(full) || (!text(host).includes(".") && text(full).startsWith(text(host) + ".")),
    isResolvable: (host) => global.dnsResolve(host) !== null,
    dnsDomainLevels: (host) => text(host).split(".").length - 1,
    convert_addr: (v4) => number(v4) || 0,
    isInNet: (host, pattern, mask) => {
      const literal = number(host);
      const address = literal === null ? number(global.dnsResolve(host)) : literal;
      const [range, bits] = [number(pattern), number(mask)];
      if (address === null || range === null || bits === null) return false;
      return and(address, bits) === and(range, bits);
    },
    // A shell expression: * and ?, nothing else.
    shExpMatch: (value, expression) => {
      const plain = text(expression).replace(/[.+^${}()|[\]\\\/]/g, "\\$&");
      return new RegExp("^" + plain.replace(/\*+/g, "[^]*").replace(/\?/g, "[^]") + "$").test(text(value));
    },
    weekdayRange: function () {
      const { list, field } = clock(arguments);
      const [from, to] = [days.indexOf(list[0]), days.indexOf(list.length > 1 ? list[1] : list[0])];
      return from >= 0 && to >= 0 && between(from, field("Day"), to);
    },
    dateRange: function () {
      const { list, field } = clock(arguments);
      const now = { year: field("FullYear"), month: field("Month"), day: field("Date") };
      const read = (part) => {
        const found = {};
        for (const value of part) {
          const month = months.indexOf(value);
          if (month >= 0) found.month = month;
          else if (Number(value) > 31) found.year = Number(value);
          else found.day = Number(value);
        }
        return found;
      };
      const half = list.length === 1 ? 1 : list.length / 2;
      if (list.length === 0 || half !== Math.floor(half)) return false;
      const [from, to] = [read(list.slice(0, half)), read(list.slice(-half))];
      // Only what is named counts, the year before the month before the day.
      const size = (date) =>
        (from.year === undefined ? 0 : date.year * 10000) +
        (from.month === undefined ? 0 : date.month * 100) +
        (from.day === undefined ? 0 : date.day);
      if (Object.keys(from).join() !== Object.keys(to).join()) return false;
      const [first, last] = [size(from), size(to)];
      if (from.year !== undefined && first > last) return false;
      return between(first, size(now), last);
    },
    timeRange: function () {
      const { list, field } = clock(arguments);
      const seconds = (hour, minute, second) => Number(hour) * 3600 + Number(minute) * 60 + Number(second);
      const now = seconds(field("Hours"), field("Minutes"), field("Seconds"));
      switch (list.length) {
        case 1:
          return field("Hours") === Number(list[0]);
        case 2:
          return between(seconds(list[0], 0, 0), now, seconds(list[1], 59, 59));
        case 4:
          return between(seconds(list[0], list[1], 0), now, seconds(list[2], list[3], 59));
        case 6:
          return between(seconds(...list.slice(0, 3)), now, seconds(...list.slice(3)));
        default:
          return false;
      }
    },
  };
  Object.assign(global, functions);
})(globalThis);
