import { shellQuote } from "./shell";

/** A host, as the check sees it. */
export interface ReachedHost {
  /** The host's name. */
  readonly name: string;
  /** Its own address, at which the others are to reach it. */
  readonly address: string;
  /** The command line that runs a command there, given as one more word: `ssh` with its options. */
  readonly ssh: string;
  /** What stands before a command that root runs: `sudo -n `, or nothing. */
  readonly elevation: string;
  /** Ports at which this host is tried beside those of all. */
  readonly ports?: readonly string[];
}

/** What is checked. */
export interface Reachability {
  /** The hosts; each is tried from each other one. */
  readonly hosts: readonly ReachedHost[];
  /** The ports at which every host is tried: `7946/tcp`, `7946/udp`. */
  readonly ports: readonly string[];
  /** How long a connection may take, in seconds. */
  readonly seconds: number;
}

/** The mark of the datagrams, before the sender's name. */
const MARK = "cdktf-docker-discovery";

/**
 * Listens at an address until standard input ends, or the time is over. Says `open PORT`, `used PORT` or `fail PORT why` of
 * each port, then `ready`, and `got NAME PORT` of each datagram.
 */
const LISTEN_PERL = String.raw`use strict; use IO::Socket::IP; use IO::Select; use Errno qw(EADDRINUSE); $| = 1;
my ($address, $seconds, @ports) = @ARGV; my %port; my $all = IO::Select->new(\*STDIN);
for my $port (@ports) {
  my ($number, $protocol) = split m{/}, $port;
  my $socket = IO::Socket::IP->new(LocalHost => $address, LocalPort => $number, Proto => $protocol,
    $protocol eq "tcp" ? (Listen => 64, ReuseAddr => 1) : ());
  if ($socket) { $port{fileno $socket} = $port; $all->add($socket); print "open $port\n"; }
  elsif ($! == EADDRINUSE) { print "used $port\n"; }
  else { print "fail $port $!\n"; }
}
print "ready\n";
my $end = time + $seconds; my $last = 0;
while (time < $end) {
  # What is there when it is told to end is read all the same.
  my @ready = $all->can_read($last ? 0 : 1); last if $last && !@ready;
  for my $socket (@ready) {
    my $port = $port{fileno $socket};
    if (!defined $port) { sysread(STDIN, my $nothing, 1024) or do { $last = 1; $all->remove($socket); }; }
    elsif ($port =~ /tcp/) { my $peer = $socket->accept; close $peer if $peer; }
    else { $socket->recv(my $said, 256); print "got $1 $port\n" if defined $said && $said =~ /^${MARK} ([A-Za-z0-9-]+)\z/; }
  }
}`;
const LISTEN_PYTHON = `import errno, os, re, select, socket, sys, time
address, seconds, ports = sys.argv[1], float(sys.argv[2]), sys.argv[3:]
family = socket.AF_INET6 if ":" in address else socket.AF_INET
of = {}
say = lambda text: print(text, flush=True)
for port in ports:
    number, protocol = port.split("/")
    s = socket.socket(family, socket.SOCK_STREAM if protocol == "tcp" else socket.SOCK_DGRAM)
    try:
        if protocol == "tcp": s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        s.bind((address, int(number)))
        if protocol == "tcp": s.listen(64)
        of[s] = port
        say("open " + port)
    except OSError as e:
        say("used " + port if e.errno == errno.EADDRINUSE else "fail %s %s" % (port, e.strerror))
say("ready")
end, told, last = time.time() + seconds, [0], False
while time.time() < end:
    ready = select.select([*told, *of], [], [], 0 if last else 1)[0]
    if last and not ready: break
    for s in ready:
        if s == 0:
            if not os.read(0, 1024): told, last = [], True
        elif of[s].endswith("tcp"): s.accept()[0].close()
        else:
            got = re.match("${MARK} ([A-Za-z0-9-]+)$", s.recv(256).decode("latin-1"))
            if got: say("got %s %s" % (got.group(1), of[s]))`;

/** Connects and sends to other hosts. Says `reached NAME PORT` or `failed NAME PORT why` of each TCP port. */
const SEND_PERL = String.raw`use strict; use IO::Socket::IP; use IO::Select; use Socket qw(SOL_SOCKET SO_ERROR);
my ($name, $address, $seconds, @others) = @ARGV; my (%of, @udp); my $all = IO::Select->new;
for my $other (@others) { my ($host, $at, $ports) = split /=/, $other; next if $host eq $name; for my $port (split /,/, $ports) {
  my ($number, $protocol) = split m{/}, $port;
  my $socket = IO::Socket::IP->new(LocalHost => $address, PeerHost => $at, PeerPort => $number, Proto => $protocol,
    $protocol eq "tcp" ? (Blocking => 0) : ());
  if ($socket && $protocol eq "udp") { push @udp, $socket; }
  elsif ($socket) { $of{fileno $socket} = "$host $port"; $all->add($socket); }
  elsif ($protocol eq "tcp") { print "failed $host $port $!\n"; }
} }
for my $try (1 .. 3) { $_->send("${MARK} $name") for @udp; select undef, undef, undef, 0.3; }
my $end = time + $seconds;
while ($all->count && time <= $end) {
  for my $socket ($all->can_write(1)) {
    $! = $socket->getsockopt(SOL_SOCKET, SO_ERROR);
    print $! == 0 ? "reached $of{fileno $socket}\n" : "failed $of{fileno $socket} $!\n";
    $all->remove($socket);
  }
}
print "failed $of{fileno $_} no answer within $seconds s\n" for $all->handles;`;
const SEND_PYTHON = `import errno, os, select, socket, sys, time
name, address, seconds, others = sys.argv[1], sys.argv[2], float(sys.argv[3]), sys.argv[4:]
family = socket.AF_INET6 if ":" in address else socket.AF_INET
of, udp = {}, []
for other in others:
    host, at, ports = other.split("=")
    if host == name: continue
    for port in ports.split(","):
        number, protocol = port.split("/")
        s = socket.socket(family, socket.SOCK_STREAM if protocol == "tcp" else socket.SOCK_DGRAM)
        s.setblocking(protocol == "udp")
        try: s.bind((address, 0))
        except OSError: pass
        if protocol == "udp":
            udp.append((s, (at, int(number))))
            continue
        code = s.connect_ex((at, int(number)))
        if code in (0, errno.EINPROGRESS): of[s] = host + " " + port
        else: print("failed %s %s %s" % (host, port, os.strerror(code)))
for _ in range(3):
    for s, to in udp:
        try: s.sendto(("${MARK} " + name).encode(), to)
        except OSError: pass
    time.sleep(0.3)
end = time.time() + seconds
while of and time.time() <= end:
    for s in select.select([], list(of), [], 1)[1]:
        code = s.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
        print("reached " + of.pop(s) if code == 0 else "failed %s %s" % (of.pop(s), os.strerror(code)))
for said in of.values(): print("failed %s no answer within %d s" % (said, seconds))`;

/** For how long a listener stays if nobody ends it, in seconds. */
const LISTENER_LIFE = 180;

/** A text for `sh -c` that runs a program with perl, or else its twin with python3. */
function either(perl: string, python: string): string {
  return [
    `if command -v perl >/dev/null; then exec perl -e ${shellQuote(perl)} "$@"`,
    `elif command -v python3 >/dev/null; then exec python3 -c ${shellQuote(python)} "$@"`,
    `else echo "neither perl nor python3 is there" >&2; exit 1; fi`,
  ].join("; ");
}

/** Compares what was sent with what arrived. */
const COMPARE = String.raw`
{ i = FILENAME; sub(/.*-/, "", i) }
FILENAME ~ /listen-[0-9]+$/ && $1 == "used" { used[i, $2] = 1 }
FILENAME ~ /listen-[0-9]+$/ && $1 == "got" { got[$2, i, $3] = 1 }
FILENAME ~ /listen-[0-9]+$/ && $1 == "fail" { port = $2; sub(/^fail [^ ]+ /, ""); print name[i] ": cannot listen at " at[i] " " port ": " $0 | "cat >&2"; wrong = 1; open[i, port] = "no" }
FILENAME ~ /send-[0-9]+$/ && $1 == "reached" { reached[i, $2, $3] = 1 }
FILENAME ~ /send-[0-9]+$/ && $1 == "failed" { key = i SUBSEP $2 SUBSEP $3; sub(/^failed [^ ]+ [^ ]+ /, ""); why[key] = $0 }
END {
  for (to = 0; to < hosts; to++) for (p = 1; p <= ports; p++) {
    if (!((to, p) in tried)) continue
    if (open[to, port_of[p]] == "no") continue
    udp = port_of[p] ~ /udp$/
    if (udp && (to, port_of[p]) in used) { print name[to] " " port_of[p] ": in use there, and so not tried"; continue }
    for (from = 0; from < hosts; from++) {
      if (from == to) continue
      if (udp ? (name[from], to, port_of[p]) in got : (from, name[to], port_of[p]) in reached) continue
      reason = why[from, name[to], port_of[p]]
      print name[from] " -> " name[to] " " port_of[p] ": blocked" (reason == "" ? "" : " (" reason ")") | "cat >&2"
      wrong = 1
    }
  }
  close("cat >&2")
  exit wrong
}`;

/**
 * A text for `/bin/sh` of the machine that runs Terraform: one listener on each host, then each host tries all the others.
 * It ends with an error that names every port that is blocked, from where to where.
 */
export function renderReachability({ hosts, ports, seconds }: Reachability): string {
  const portsOf = (host: ReachedHost) => [...ports, ...(host.ports ?? [])];
  const all = [...new Set(hosts.flatMap(portsOf))];
  // Every word of the arguments is a name, an address or a port: nothing that a shell reads otherwise.
  const listeners = hosts.map(
    (host, i) => `ssh_${i}=${shellQuote(host.ssh)}
{ while [ ! -e "$work/done" ]; do sleep 0.2; done; } | eval "$ssh_${i} \\"${host.elevation}sh -c \\$listen sh ${host.address} ${LISTENER_LIFE} ${portsOf(host).join(" ")}\\"" >"$work/listen-${i}" 2>"$work/wrong-${i}" &
listener_${i}=$!`,
  );
  const senders = hosts.map(
    ({ name, elevation, address }, i) =>
      `eval "$ssh_${i} \\"${elevation}sh -c \\$send sh ${name} ${address} ${seconds} \\$peers\\"" </dev/null >"$work/send-${i}" 2>"$work/wrong-${i}" &
sender_${i}=$!`,
  );
  const tables = [
    ...hosts.flatMap(({ name, address }, i) => [`name[${i}] = "${name}"`, `at[${i}] = "${address}"`]),
    ...all.map((port, i) => `port_of[${i + 1}] = "${port}"`),
    ...hosts.flatMap((host, i) => portsOf(host).map((port) => `tried[${i}, ${all.indexOf(port) + 1}] = 1`)),
    `hosts = ${hosts.length}`,
    `ports = ${all.length}`,
  ].join("; ");
  return `set -u
work=$(mktemp -d) || exit 1
trap 'touch "$work/done"; wait; rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM
# What a host's ssh or program said, behind the host's name.
wrong() { sed "s/^/$1: /" "$work/wrong-$2" >&2; echo "$1: $3" >&2; failed=yes; }
failed=
listen=${shellQuote(shellQuote(either(LISTEN_PERL, LISTEN_PYTHON)))}
send=${shellQuote(shellQuote(either(SEND_PERL, SEND_PYTHON)))}
peers="${hosts.map((host) => `${host.name}=${host.address}=${portsOf(host).join(",")}`).join(" ")}"
# Listens, until it is told to end.
${listeners.join("\n")}
${hosts
  .map(
    ({ name }, i) =>
      `while ! grep -q '^ready' "$work/listen-${i}" 2>/dev/null && kill -0 $listener_${i} 2>/dev/null; do sleep 0.1; done
grep -q '^ready' "$work/listen-${i}" 2>/dev/null || wrong ${name} ${i} "ssh did not reach it, its host key is not the declared one, or nothing can listen there"`,
  )
  .join("\n")}
[ -z "$failed" ] || exit 1
${senders.join("\n")}
${hosts.map(({ name }, i) => `wait $sender_${i} || wrong ${name} ${i} "cannot send from there"`).join("\n")}
[ -z "$failed" ] || exit 1
# What is still on its way.
sleep 1
touch "$work/done"
wait
awk ${shellQuote(`BEGIN { ${tables} }${COMPARE}`)} ${hosts.map((_, i) => `"$work/listen-${i}" "$work/send-${i}"`).join(" ")}
`;
}
