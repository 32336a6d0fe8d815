/// Files as kernels write them: of Linux 6.18, shortened, with some lines of others.
enum Fixtures {
    static let stat = """
        cpu  7808807 111 1438819 4208020 57046 0 33236 28540 0 0
        cpu0 3784382 52 701685 2263864 19398 0 1787 13806 0 0
        cpu1 4024424 58 737134 1944155 37648 0 31448 14734 0 0
        intr 83382373 0 0 0 0 0 0 1 1 14
        ctxt 446646761
        btime 1795760268
        processes 3809494
        procs_running 8
        procs_blocked 1
        softirq 48096124 0 5390477 125 2018911 17212657 0 15 4419153 3478 19051308

        """
    static let loadavg = "3.14 4.98 7.39 9/278 16481\n"
    static let meminfo = """
        MemTotal:       24684096 kB
        MemFree:        18258016 kB
        MemAvailable:   23035920 kB
        Buffers:           56136 kB
        Cached:          4414988 kB
        SwapCached:           12 kB
        Active:          2400620 kB
        Active(anon):       1772 kB
        SwapTotal:       1048576 kB
        SwapFree:        1000000 kB
        Slab:             736228 kB
        SReclaimable:     640892 kB
        SUnreclaim:        95336 kB
        HugePages_Total:       0
        HugePages_Free:        0
        DirectMap1G:    25165824 kB

        """
    static let vmstat = """
        nr_free_pages 4564504
        nr_zone_inactive_anon 274274
        pgpgin 163572777
        pswpin 3
        pswpout 70
        oom_kill 132

        """
    static let pressure = """
        some avg10=70.26 avg60=35.34 avg300=50.33 total=33141065055
        full avg10=0.00 avg60=0.00 avg300=0.00 total=1500000

        """
    static let diskstats = """
           7       0 loop0 9 9 9 9 9 9 9 9 9 9 9 9 9 9 9 9 9
         254       0 vda 7325310 286115 327145554 19149388 17582876 2228186 639011104 10385920 0 3795880 31991426 2626669 507 624681872 584803 4722707 1871313
         254       1 vda1 1 2 3 4 5 6 7 8 9 10 11
         259       0 nvme0n1 10 0 2 1500 20 0 4 2500 0 3500 4500
         259       1 nvme0n1p1 1 2 3 4 5 6 7 8 9 10 11
         252       1 dm-1 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15
         252      11 dm-11 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15
         202       1 xvda1 1 2 3 4 5 6 7 8 9 10 11
         253       0 zram0 0 0 0 0 0 0 0 0 0 0 0

        """
    static let network = """
        Inter-|   Receive                                                |  Transmit
         face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs drop fifo colls carrier compressed
            lo: 733975390 2257891    0    0    0     0          0         0 733975390 2257891    0    0    0     0       0          0
          eth0:298168651    8423    1    2    3     4          5         6   501912    6552    7    8    9    10      11         12
        veth12: 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16

        """
    static let fileHandles = "2361\t0\t2466193\n"
    static let uptime = "68027.77 42080.20\n"
    static let mounts = #"""
        22 27 0:21 / /proc rw,relatime - proc proc rw
        24 27 0:6 / /dev rw,relatime - devtmpfs devtmpfs rw,size=12334524k,nr_inodes=3083631,mode=755
        25 24 0:23 / /dev/shm rw,relatime - tmpfs tmpfs rw,size=24684096k
        27 1 254:0 / / rw,relatime shared:1 - ext4 /dev/vda rw,discard,resv_strict
        28 27 0:25 / /srv/read\040only ro,nosuid,nodev,relatime - tmpfs ram ro,size=4k,mode=755
        29 27 8:1 / /data rw,relatime shared:2 master:3 - xfs /dev/sda1 rw,attr2
        30 27 8:1 /www /srv/www rw,relatime - xfs /dev/sda1 rw,attr2
        31 27 8:17 / /broken rw,relatime - ext4 /dev/sdb1 ro,errors=remount-ro
        32 27 0:40 / /mnt/old/nfs rw - nfs4 server:/old rw,vers=4.2
        33 27 0:41 / /mnt/old rw - nfs4 server:/new rw,vers=4.2
        34 27 0:42 / /twice rw - tmpfs below rw
        35 34 0:43 / /twice rw - tmpfs above rw
        36 27 0:4 net:[4026531992] /run/netns/x rw shared:9 - nsfs nsfs rw
        37 27 0:44 / /nameless rw -  tmpfs  rw
        38 27 0:45 / /var/lib/docker/overlay2/x/merged rw - overlay overlay rw,lowerdir=/a:/b

        """#
}
