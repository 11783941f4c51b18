package Admin;
# haproxy's two sockets: run/admin.sock of the newest worker, run/master.sock of the process above the workers.
use strict;
use warnings;
use IO::Select;
use IO::Socket::UNIX;

use constant TIMEOUT_S => 2;

# Relative names from here on: a socket's whole name may be 107 bytes long, a unit's home longer.
chdir $ENV{YIQIU_UNIT_HOME} or die "cannot enter $ENV{YIQIU_UNIT_HOME}: $!\n";

# The whole answer. Dies where there is none.
sub ask {
    my ( $command, $socket ) = @_;
    $socket //= 'run/admin.sock';
    my $to = IO::Socket::UNIX->new( Peer => $socket, Timeout => TIMEOUT_S ) or die "$socket: $!\n";
    syswrite $to, "$command\n" or die "$socket: $!\n";
    my $answer = '';
    while ( IO::Select->new($to)->can_read(TIMEOUT_S) ) {
        my $read = sysread $to, $answer, 65536, length $answer;
        return $answer if defined $read && $read == 0;
        die "$socket: $!\n" if !defined $read;
    }
    die "$socket: no answer within ${\TIMEOUT_S} s\n";
}

# "show stat" as a list of { pxname, svname, status, … }.
sub stat {
    my ( $head, @lines ) = grep { length } split /\n/, ask('show stat');
    my @names = split /,/, $head =~ s/^# //r;
    return map { my %row; @row{@names} = split /,/, $_, -1; \%row } @lines;
}

1;
