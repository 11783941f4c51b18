package Role;
# Makes this unit's server what the platform says it is: the master, or a replica of the master.
#
# Every unit that becomes master declares it in the data itself, as a function library (no key of the users', kept by FLUSHALL,
# copied to replicas, saved): [epoch, run, holder]. The epoch grows with each new leader, the run each time the same one starts
# again from disk, which is where redis begins to count its offsets anew. So what any two members hold can be compared.
use strict;
use warnings;
use Unit;

use constant SYNC_SECONDS     => 40;    # until a copy from another member is complete
use constant HANDOVER_SECONDS => 15;    # until the old master has handed over
use constant AGAIN_MAX        => 4;     # looks round after which a unit gives up for now

my $said = '';

# Once, however often the same is found in a row.
sub say_it {
    my ($text) = @_;
    return if $text eq $said;
    $said = $text;
    my @t = gmtime;
    printf "%02d:%02d:%02dZ %s\n", @t[ 2, 1, 0 ], $text;
}

sub nap { select undef, undef, undef, $_[0] }

# True once `$test` is; asked every 100 ms, until the seconds are over.
sub within {
    my ( $seconds, $test ) = @_;
    for my $look ( 0 .. $seconds * 10 ) {
        nap(0.1) if $look;
        return 1 if $test->();
    }
    return 0;
}

# Does what conf/members says. True: done, and the port is open. False: not yet, and it said why.
# `$chosen`: the platform has just said so (hook leader-changed); else the server has just started.
sub settle {
    my ($chosen) = @_;
    my $known    = Unit::members();
    my $server   = Unit::own();
    my $mine     = Unit::state($server);
    if ( !$mine || $mine->{loading} ) { say_it('the server does not answer yet'); return 0 }
    my $leader = $known->{leader};
    if ( !$leader ) {
        say_it( $mine->{open} ? "no leader is known: stays $mine->{role}" : 'no leader is known yet: closed until there is one' );
        return $mine->{open} || $chosen;
    }
    my $done =
      $leader->{holder} eq $known->{self}{holder}
      ? lead( $server, $known, $chosen )
      : follow( $server, $known );
    Unit::remember_leader($leader) if $done;
    return $done;
}

# A replica whose leader is known has its link, within five seconds.
sub connected {
    return 1 if !Unit::members()->{leader};
    return within( 5, sub { my $mine = Unit::state( Unit::own() ); return $mine && ( $mine->{role} eq 'master' || $mine->{link} ) } );
}

# --- leading ---

# Becomes master with all that any reachable member has; then opens the port.
sub lead {
    my ( $server, $known, $chosen ) = @_;
    my $self = $known->{self};
    for ( 1 .. AGAIN_MAX ) {
        my $mine = own_state( $server, $self );
        my @others = Unit::survey($known);
        my $source = source_for( $mine, @others );
        if ($source) {
            # It led, went down, and somebody leads since: only the platform's word makes it lead again.
            return yield_to( $server, $self, $source ) if !$chosen && $mine->{holder} eq $self->{holder};
            take_over( $server, $self, $source ) or return 0;
        }
        elsif ( $mine->{epoch} == 0 && !Unit::is_seed($self) ) {
            say_it('holds no data of this service and is not its seed: will not lead');
            return 0;
        }
        my $before = own_state( $server, $self );
        $server->call( 'REPLICAOF', 'NO', 'ONE' ) if $before->{role} eq 'slave';
        declare( $server, $self, $before, @others );
        open_port( $server, $self );
        # Whoever was let in between the first look and now is seen by one of the two.
        my $rival = source_for( $before, grep { $_->{role} eq 'master' } Unit::survey($known) );
        if ( !$rival ) {
            unlink 'data/seed';
            return 1;
        }
        say_it("$rival->{node}{name} was opened meanwhile");
    }
    say_it('another member keeps leading');
    return 0;
}

# The own state. What this unit wrote as leader is all on its disk: after a start it has no offset, and lacks nothing.
sub own_state {
    my ( $server, $self ) = @_;
    my $mine = Unit::state($server) or die "the server does not answer\n";
    my $from_disk = !$mine->{open} && $mine->{role} eq 'master';
    $mine->{offset} = $mine->{holder} eq $self->{holder} ? 9**18 : 0 if $from_disk;
    $mine->{from_disk} = $from_disk;
    return $mine;
}

# Who has to be drained first: a master that takes writes and is no older than this unit's data, else the member with most.
sub source_for {
    my ( $mine, @others ) = @_;
    my @best = sort { Unit::compare( $b, $a ) } @others;
    my ($master) = grep { $_->{role} eq 'master' && as_new( $_, $mine ) } @best;
    return $master if $master;
    return $best[0] if @best && Unit::compare( $best[0], $mine ) > 0;
    return undef;
}

sub as_new {
    my ( $state, $mine ) = @_;
    return ( $state->{epoch} <=> $mine->{epoch} || $state->{run} <=> $mine->{run} ) >= 0;
}

# Copies all of another member's data, then takes its writers from it, so that not one write falls between.
sub take_over {
    my ( $server, $self, $source ) = @_;
    my $node = $source->{node};
    say_it("takes over from $node->{name} at $node->{ip}:$node->{port}");
    my $other = Unit::at($node) or return lost($node);
    eval { $other->call( 'REPLICAOF', 'NO', 'ONE' ) if $source->{role} eq 'slave'; 1 } or return lost($node);
    attach( $server, $node );
    open_port( $server, $self );
    my $copied = within( SYNC_SECONDS, sub { my $mine = Unit::state($server); $mine && $mine->{link} && $mine->{synced} } );
    if ( !$copied ) { say_it("no complete copy of $node->{name} within ${\SYNC_SECONDS} s"); return 0 }
    my $handed = within(
        HANDOVER_SECONDS,
        sub {
            my $mine = Unit::state($server) or return 0;
            return 1 if $mine->{role} eq 'master';
            my $theirs = Unit::state($other) or return 1;    # dead by now: the copy is all there is
            $other->try( 'FAILOVER', 'TO', $self->{ip}, $self->{port}, 'TIMEOUT', 5000 )
              if $theirs->{failover} eq 'no-failover' && $theirs->{role} eq 'master';
            return 0;
        }
    );
    $other->try(qw(CLIENT KILL TYPE normal SKIPME yes));     # its writers look for the new master
    say_it("$node->{name} does not hand over within ${\HANDOVER_SECONDS} s") if !$handed;
    return $handed;
}

sub lost { my ($node) = @_; say_it("$node->{name} does not answer any more"); return 1 }

# A new epoch for a new leader; a new run for the same one after a start; nothing where that was done.
sub declare {
    my ( $server, $self, $mine, @others ) = @_;
    my $again = $mine->{holder} eq $self->{holder};
    return if $again && $mine->{role} eq 'master' && !$mine->{from_disk};
    my ($top) = sort { $b <=> $a } $mine->{epoch}, map { $_->{epoch} } @others;
    my ( $epoch, $run ) = $again && $mine->{from_disk} ? ( $mine->{epoch}, $mine->{run} + 1 ) : ( $top + 1, 0 );
    my $library = <<"LUA";
#!lua name=yiqiu
redis.register_function{
  function_name = 'yiqiu_epoch',
  callback = function() return { $epoch, $run, '$self->{holder}' } end,
  flags = { 'no-writes', 'allow-stale' }
}
LUA
    # Loading a function is refused where memory is full; this one is needed most then.
    my $limit = $server->call(qw(CONFIG GET maxmemory))->[1];
    $server->call( qw(CONFIG SET maxmemory), 0 );
    my $loaded = eval { $server->call( qw(FUNCTION LOAD REPLACE), $library ); 1 };
    my $error = $@;
    $server->call( qw(CONFIG SET maxmemory), $limit );
    die $error if !$loaded;
    say_it("leads: epoch $epoch, run $run");
}

sub yield_to {
    my ( $server, $self, $source ) = @_;
    my $node = $source->{node};
    say_it("led until it went down, and $node->{name} has newer data: does not lead without the platform's word");
    return 0 if $source->{role} ne 'master';
    attach( $server, $node );
    open_port( $server, $self );
    return 1;
}

# --- following ---

sub follow {
    my ( $server, $known ) = @_;
    my ( $self, $leader ) = @$known{qw(self leader)};
    my $mine = Unit::state($server) or return 0;
    my $here = "$leader->{ip}:$leader->{port}";
    if ( $mine->{upstream} ne $here ) {
        # It may be about to take over from this unit: whoever follows its own follower waits for ever.
        my $me = "$self->{ip}:$self->{port}";
        my $theirs;
        my $ready = within( HANDOVER_SECONDS, sub { $theirs = Unit::state( Unit::at($leader) ); !$theirs || $theirs->{upstream} ne $me } );
        if ( !$ready ) { say_it("$leader->{name} is to lead and still follows this unit"); return 0 }
        if ( !$theirs && $mine->{role} eq 'master' && $mine->{open} ) {
            say_it("$leader->{name} is to lead and does not answer: stays master until it does");
            return 0;
        }
        attach( $server, $leader );
    }
    open_port( $server, $self );
    say_it("follows $leader->{name} at $here");
    return 1;
}

sub attach {
    my ( $server, $node ) = @_;
    my $was = Unit::state($server) or die "the server does not answer\n";
    $server->call( 'REPLICAOF', $node->{ip}, $node->{port} ) if $was->{upstream} ne "$node->{ip}:$node->{port}";
    $server->try(qw(CLIENT KILL TYPE normal SKIPME yes)) if $was->{role} eq 'master' && $was->{open};
}

sub open_port {
    my ( $server, $self ) = @_;
    $server->call( qw(CONFIG SET port), $self->{port} ) if $server->call(qw(CONFIG GET port))->[1] == 0;
}

1;
