package Unit;
# What a unit knows of itself, of its members and of their servers.
use strict;
use warnings;
use Resp;

use constant PORT_TIMEOUT_S => 1;    # another member's answer
use constant OWN_TIMEOUT_S  => 2;    # the own server's
use constant STARTING_TENTHS => 20;   # of a second that a check waits for a server that begins

# Relative names from here on: a socket's whole name may be 107 bytes long, a unit's home longer.
chdir $ENV{YIQIU_UNIT_HOME} or die "cannot enter $ENV{YIQIU_UNIT_HOME}: $!\n";

# conf/members, as it was last rendered: { self => NODE, leader => NODE or undef, others => [NODE …] },
# NODE: { name, incarnation, ip, port, holder }.
sub members {
    my %known = ( leader => undef, others => [] );
    open my $in, '<', 'conf/members' or die "conf/members: $!\n";
    while (<$in>) {
        my ( $is, $name, $incarnation, $ip, $port ) = split;
        next if !defined $port;
        my $node = { name => $name, incarnation => $incarnation, ip => $ip, port => $port, holder => "$name $incarnation" };
        if   ( $is eq 'member' ) { push @{ $known{others} }, $node }
        else                     { $known{$is} = $node }
    }
    close $in;
    die "conf/members does not say who this unit is\n" if !$known{self};
    return \%known;
}

sub own { return Resp->open( { path => 'run/redis.sock' }, OWN_TIMEOUT_S ) }

sub at { my ($node) = @_; return Resp->open( $node, PORT_TIMEOUT_S ) }

# What a server says of itself, or undef where it does not answer:
#   loading, role (master | slave), open (listens on its port), link (up), synced (has, or lately had, all of its master's
#   data), syncing, offset, upstream ("ip:port" of its master), failover, pid,
#   epoch, run, holder: whose data it has, see declare in Role.pm; 0, 0, '' where it has none of this service
sub state {
    my ($server) = @_;
    return undef if !$server;
    # In this order (together, in MULTI, they are refused where memory is full): a port once open stays open, so a unit that is
    # just made a replica cannot look like an open master; and data that is just replaced looks older than it is, not newer.
    my $port  = $server->try(qw(CONFIG GET port));
    my $epoch = $server->try(qw(FCALL_RO yiqiu_epoch 0));
    my $info  = $server->try('INFO');
    return undef if !ref $port || !defined $info;
    my %is    = $info =~ /^([a-z_0-9]+):([^\r\n]*)/mg;
    my $slave = $is{role} eq 'slave';
    my %state = (
        loading  => $is{loading},
        pid      => $is{process_id},
        role     => $is{role},
        open     => $port->[1] != 0,
        link     => $slave && $is{master_link_status} eq 'up',
        syncing  => $slave && $is{master_sync_in_progress},
        offset   => $slave ? $is{slave_repl_offset} : $is{master_repl_offset},
        upstream => $slave ? "$is{master_host}:$is{master_port}" : '',
        failover => $is{master_failover_state} // '',
    );
    # A link that was up in this process's life (else redis says -1) and is down now: all that came over it is there, also
    # while another copy has been begun and not finished, for redis drops nothing before the new one is complete.
    my $kept = $slave && ( $is{master_link_down_since_seconds} // -1 ) >= 0;
    $state{synced} = !$state{loading} && !$state{syncing} && ( $state{link} || $kept );
    @state{qw(epoch run holder)} = ref $epoch && @$epoch == 3 ? @$epoch : ( 0, 0, '' );
    return \%state;
}

# The own state; a server that has just begun is waited for a little, so that the first look need not be in vain.
sub started {
    for ( 1 .. STARTING_TENTHS ) {
        my $server = own();
        my $state  = state($server);
        return $state if $server && !( $state && $state->{loading} );
        select undef, undef, undef, 0.1;
    }
    return state( own() );
}

# The states of all other members that answer and whose data is complete.
sub survey {
    my ($known) = @_;
    my @found;
    for my $node ( @{ $known->{others} } ) {
        my $state = state( at($node) ) or next;
        next if $state->{loading} || !( $state->{role} eq 'master' || $state->{synced} );
        push @found, { %$state, node => $node };
    }
    return @found;
}

# By epoch, then run, then offset: which of two has more of the service's data. Offsets compare within one run only.
sub compare {
    my ( $left, $right ) = @_;
    return $left->{epoch} <=> $right->{epoch} || $left->{run} <=> $right->{run} || $left->{offset} <=> $right->{offset};
}

# The leader that this unit last heard of, kept for when the platform has none.
sub remember_leader {
    my ($leader) = @_;
    my $known = last_leader();
    return if $known eq $leader->{holder};
    open my $out, '>', 'data/leader.next' or die "data/leader.next: $!\n";
    print {$out} "$leader->{holder}\n";
    close $out or die "data/leader.next: $!\n";
    rename 'data/leader.next', 'data/leader' or die "data/leader: $!\n";
}

sub last_leader {
    open my $in, '<', 'data/leader' or return '';
    my $line = <$in> // '';
    chomp $line;
    return $line;
}

# Laid by hook init on the one unit that may lead with no data at all: the service's first.
sub is_seed {
    my ($self) = @_;
    open my $in, '<', 'data/seed' or return 0;
    my $line = <$in> // '';
    chomp $line;
    return $line eq $self->{holder};
}

1;
