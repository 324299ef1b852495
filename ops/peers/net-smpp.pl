#!/usr/bin/perl
# An SMSC made of Net::SMPP (CPAN, Debian's libnet-smpp-perl). What it says is described in README.md.
use strict;
use warnings;
use utf8;
use Encode qw(encode decode);
use Encode::GSM0338;
use IO::Select;
use Net::SMPP;

$| = 1;
my $port = shift;
my $ids = 0x4f2a00;
my $listener = Net::SMPP->new_listen('127.0.0.1', port => $port, smpp_version => 0x34) or die "no port: $!";
my $select = IO::Select->new($listener);
my $receiver;
print "LISTENING Net::SMPP $Net::SMPP::VERSION\n";

my @patient = (source_addr_ton => 1, source_addr_npi => 1, source_addr => '13125550111',
    dest_addr_ton => 1, dest_addr_npi => 1, destination_addr => '15550009999');

sub patient_writes {
    my ($session) = @_;
    $session->deliver_sm(@patient, short_message => 'STOP please', async => 1);
    my $long = 'Здравствуйте! Можно перенести приём на четверг, после трёх часов дня? Спасибо большое 😀';
    my @parts = (substr($long, 0, 60), substr($long, 60));
    for my $i (0 .. 1) {
        $session->deliver_sm(@patient, esm_class => 0x40, data_coding => 8, async => 1,
            short_message => pack('C6', 5, 0, 3, 77, 2, $i + 1) . encode('UTF-16BE', $parts[$i]));
    }
}

sub bound {
    my ($session, $kind, $pdu) = @_;
    printf "BOUND %s 0x%x\n", $kind, $pdu->{interface_version};
    my $answer = "bind_${kind}_resp";
    $session->$answer(system_id => 'perl', seq => $pdu->{seq});
    if ($kind ne 'transmitter') {
        $receiver = $session;
        patient_writes($session);
    }
}

sub submitted {
    my ($session, $pdu) = @_;
    my $octets = $pdu->{short_message};
    my $udh = '';
    if ($pdu->{esm_class} & 0x40) {
        my $length = 1 + ord $octets;
        $udh = substr($octets, 0, $length);
        $octets = substr($octets, $length);
    }
    my $text = decode($pdu->{data_coding} == 8 ? 'UTF-16BE' : 'gsm0338', $octets);
    print join(' ', 'PART', $pdu->{destination_addr}, unpack('H*', $udh) || '-', unpack('H*', encode('UTF-8', $text)) || '-'), "\n";
    # Hexadecimal in the response, decimal in the receipt, and the receipt before the response.
    my $id = ++$ids;
    if ($pdu->{registered_delivery} && $receiver) {
        $receiver->deliver_sm(@patient, source_addr => $pdu->{destination_addr}, esm_class => 4, async => 1,
            short_message => "id:$id sub:001 dlvrd:001 submit date:2611220100 done date:2611220100 stat:DELIVRD err:000 text:");
    }
    $session->submit_sm_resp(message_id => sprintf('%08X', $id), seq => $pdu->{seq});
}

while (1) {
    for my $ready ($select->can_read) {
        if ($ready == $listener) {
            $select->add(scalar $listener->accept);
            next;
        }
        # It warns when the other side hangs up, as it does after every unbind.
        my $pdu = do { local $SIG{__WARN__} = sub { }; $ready->read_pdu };
        if (!$pdu) {
            $select->remove($ready);
            close $ready;
            next;
        }
        my $cmd = $pdu->{cmd};
        if    ($cmd == Net::SMPP::CMD_bind_transceiver) { bound($ready, 'transceiver', $pdu) }
        elsif ($cmd == Net::SMPP::CMD_bind_transmitter) { bound($ready, 'transmitter', $pdu) }
        elsif ($cmd == Net::SMPP::CMD_bind_receiver)    { bound($ready, 'receiver', $pdu) }
        elsif ($cmd == Net::SMPP::CMD_submit_sm)        { submitted($ready, $pdu) }
        elsif ($cmd == Net::SMPP::CMD_enquire_link)     { $ready->enquire_link_resp(seq => $pdu->{seq}) }
        elsif ($cmd == Net::SMPP::CMD_deliver_sm_resp)  { print "ANSWERED $pdu->{status}\n" }
        elsif ($cmd == Net::SMPP::CMD_unbind)           { $ready->unbind_resp(seq => $pdu->{seq}) }
    }
}
