#!/bin/bash
# The fleet of the environment staging, made by hand: what `cdktf deploy 'staging-*'` makes, as plain commands over ssh,
# host by host, in the same order. The first three hosts have Consul's servers, the others an agent.
#
#   by-hand.sh SSH_CONFIG UPSTREAM NAME=ADDRESS...
set -eu

config=$1 upstream=$2
shift 2
CONSUL=lab/consul:1.19.2 REGISTRATOR=lab/registrator:7.4.0 BIND=lab/bind9:9.18
BITBUCKET=bitbucket-server:1.0 SHOP=lab/web:1.0

names=() addresses=()
for host in "$@"; do
  names+=("${host%%=*}")
  addresses+=("${host#*=}")
done
servers=("${addresses[@]:0:3}")
hosts=$(seq 1 $#)

# The commands are what this reads; they run as root.
on() { ssh -F "$config" -o BatchMode=yes "${names[$1 - 1]}" sudo sh -eu; }
say() { echo "by hand: ${names[$1 - 1]}: $2"; }

for n in $hosts; do
  address=${addresses[n - 1]}
  others=
  for server in "${servers[@]}"; do [ "$server" = "$address" ] || others="$others${others:+, }\"$server\""; done
  if [ "$n" -le 3 ]; then role='"server": true, "bootstrap_expect": 3,'; else role='"server": false,'; fi
  say "$n" "bridge network and Consul"
  on "$n" <<EOF
docker network create --subnet 10.21.$n.0/24 --ip-range 10.21.$n.128/25 --gateway 10.21.$n.1 services >/dev/null
mkdir -p /etc/consul
cat >/etc/consul/consul.json <<END
{
  $role
  "node_name": "${names[n - 1]}", "datacenter": "staging", "data_dir": "/consul/data",
  "bind_addr": "$address", "client_addr": "127.0.0.1", "addresses": { "dns": "127.0.0.1 10.21.$n.1 $address" },
  "retry_join": [$others], "retry_interval": "2s", "performance": { "raft_multiplier": 1 },
  "dns_config": { "only_passing": true, "enable_truncate": true, "service_ttl": { "*": "2s" }, "node_ttl": "10s" },
  "disable_update_check": true
}
END
docker run --detach --name consul --network host --restart always --volume consul-data:/consul/data \
  --volume /etc/consul:/consul/config $CONSUL agent >/dev/null
EOF
done

# Consul's own answer, in quotation marks: ":8300" is in the address of a leader.
leader='until curl --silent http://127.0.0.1:8500/v1/status/leader | grep -q :8300; do sleep 0.5; done'
for n in $hosts; do
  say "$n" "engine"
  on "$n" <<EOF
$leader
cat >/etc/docker/daemon.json <<END
{
  "cluster-store": "consul://127.0.0.1:8500",
  "cluster-advertise": "eth0:2375",
  "dns": ["10.21.$n.1"],
  "live-restore": true
}
END
systemctl restart docker
until docker info >/dev/null 2>&1; do sleep 0.5; done
$leader
EOF
done

say 1 "overlay network"
on 1 <<EOF
until docker network create --driver overlay --subnet 10.24.0.0/16 --gateway 10.24.0.1 --ip-range 10.24.128.0/17 \
  docker-internal >/dev/null; do sleep 1; done
EOF
for n in $hosts; do
  on "$n" <<<'until docker network inspect docker-internal >/dev/null 2>&1; do sleep 0.5; done'
done

for n in $hosts; do
  address=${addresses[n - 1]}
  forwarders="10.21.$n.1 port 8600;"
  for server in "${servers[@]}"; do [ "$server" = "$address" ] || forwarders="$forwarders $server port 8600;"; done
  say "$n" "registrator, BIND and resolver"
  on "$n" <<EOF
docker run --detach --name registrator --network host --restart always --label SERVICE_IGNORE=true \
  --volume /var/run/docker.sock:/tmp/docker.sock:ro $REGISTRATOR \
  -cleanup -deregister=always -ip=$address -resync=5 -retry-attempts=-1 consul://127.0.0.1:8500 >/dev/null
mkdir -p /etc/bind-forwarder
cat >/etc/bind-forwarder/named.conf <<END
options {
	directory "/var/cache/bind";
	pid-file none;
	listen-on { 127.0.0.1; 10.21.$n.3; };
	listen-on-v6 { none; };
	allow-query { 127.0.0.1; 10.21.$n.0/24; };
	recursion yes;
	forward only;
	forwarders { $upstream; };
	validate-except { "consul"; };
};
zone "consul" { type forward; forward only; forwarders { $forwarders }; };
END
docker run --detach --name bind --network services --ip 10.21.$n.3 --restart always --label SERVICE_IGNORE=true \
  --publish 10.21.$n.1:53:53 --publish 10.21.$n.1:53:53/udp --volume /etc/bind-forwarder:/etc/bind:ro \
  $BIND -g -c /etc/bind/named.conf >/dev/null
sed -i 's/^nameserver .*/nameserver 10.21.$n.1/' /etc/resolv.conf
until getent hosts consul.service.consul >/dev/null; do sleep 0.5; done
EOF
done

for n in $hosts; do
  address=${addresses[n - 1]}
  if [ "$n" = 1 ]; then
    service=bitbucket-server
    options="--memory 2g --publish $address::7990 --publish $address::7999 $BITBUCKET"
  else
    service=shop
    options="--memory 256m --publish $address::8000 --label SERVICE_8000_NAME=shop --label SERVICE_8000_CHECK_HTTP=/healthz
      --label SERVICE_8000_CHECK_INTERVAL=2s --label SERVICE_8000_CHECK_TIMEOUT=2s $SHOP"
  fi
  say "$n" "$service"
  # Attached to by an engine that is no member of the store's cluster yet (at 7946), the overlay never finds the other hosts.
  on "$n" <<EOF
until ss -ltn | grep -q :7946; do sleep 0.5; done
docker create --name $service-${names[n - 1]} --network services --network-alias $service --restart always \
  --dns 10.21.$n.1 $(echo $options) >/dev/null
docker network connect --ip 10.24.1.$n --alias $service docker-internal $service-${names[n - 1]}
docker start $service-${names[n - 1]} >/dev/null
EOF
done

say "$#" "waiting until all resolve"
for n in $hosts; do
  on "$n" <<<'until getent hosts bitbucket-server-7990.service.consul >/dev/null; do sleep 0.5; done'
done
