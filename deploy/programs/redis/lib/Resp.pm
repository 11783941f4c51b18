package Resp;
# A small client for redis' protocol: one command, one answer, a deadline for each. Core modules of perl-base only.
use strict;
use warnings;
use Errno qw(EINTR);
use IO::Select;
use IO::Socket::INET;
use IO::Socket::UNIX;

use constant ANSWER_BYTES_MAX => 1024 * 1024;

# Resp->open({ path => 'run/redis.sock' } or { ip =>, port => }, seconds). undef where nobody listens.
sub open {
    my ( $class, $where, $timeout ) = @_;
    my $socket =
      defined $where->{path}
      ? IO::Socket::UNIX->new( Peer => $where->{path}, Timeout => $timeout )
      : IO::Socket::INET->new( PeerAddr => $where->{ip}, PeerPort => $where->{port}, Timeout => $timeout );
    return undef if !$socket;
    return bless { socket => $socket, timeout => $timeout, buffer => '' }, $class;
}

# The answer: text, a number, undef for nil, a reference for lists. Dies with redis' own words, or "no answer".
sub call {
    my ( $self, @words ) = @_;
    my $request = '*' . @words . "\r\n" . join '', map { '$' . length($_) . "\r\n$_\r\n" } @words;
    local $SIG{PIPE} = 'IGNORE';
    while ( length $request ) {
        my $written = syswrite $self->{socket}, $request;
        next if !defined $written && $! == EINTR;
        die "no answer: $!\n" if !$written;
        substr( $request, 0, $written ) = '';
    }
    return $self->_answer;
}

# The answer, or undef where there is none or it is an error: for questions whose failure says nothing.
sub try {
    my ( $self, @words ) = @_;
    return scalar eval { $self->call(@words) };
}

sub _answer {
    my ($self) = @_;
    my $line = $self->_line;
    my ( $kind, $rest ) = ( substr( $line, 0, 1 ), substr( $line, 1 ) );
    return $rest       if $kind eq '+' || $kind eq ':';
    die "$rest\n"      if $kind eq '-';
    return $self->_bulk($rest) if $kind eq '$';
    die "no answer: unknown kind $kind\n" if $kind ne '*';
    return $rest < 0 ? undef : [ map { $self->_answer } 1 .. $rest ];
}

sub _bulk {
    my ( $self, $length ) = @_;
    return undef if $length < 0;
    die "no answer: too long\n" if $length > ANSWER_BYTES_MAX;
    $self->_read while length $self->{buffer} < $length + 2;
    my $text = substr $self->{buffer}, 0, $length;
    substr( $self->{buffer}, 0, $length + 2 ) = '';
    return $text;
}

sub _line {
    my ($self) = @_;
    $self->_read while index( $self->{buffer}, "\r\n" ) < 0;
    my $end = index $self->{buffer}, "\r\n";
    my $line = substr $self->{buffer}, 0, $end;
    substr( $self->{buffer}, 0, $end + 2 ) = '';
    return $line;
}

sub _read {
    my ($self) = @_;
    IO::Select->new( $self->{socket} )->can_read( $self->{timeout} ) or die "no answer within $self->{timeout} s\n";
    my $read = sysread $self->{socket}, $self->{buffer}, 65536, length $self->{buffer};
    return if !defined $read && $! == EINTR;
    die "no answer: " . ( defined $read ? 'the connection was closed' : $! ) . "\n" if !$read;
}

1;
